import {
  DescribeCertificateCommand,
  paginateListCertificates,
  type ACMClient,
  type CertificateDetail,
} from '@aws-sdk/client-acm';

/** Every certificate of ACM that was asked for under this name; an environment that replaced its own has several. */
export async function certificatesOf(acm: ACMClient, domainName: string): Promise<CertificateDetail[]> {
  const arns: string[] = [];
  for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client: acm }, {}))
    for (const { DomainName, CertificateArn } of CertificateSummaryList)
      if (DomainName === domainName && CertificateArn !== undefined) arns.push(CertificateArn);
  const certificates: CertificateDetail[] = [];
  for (const CertificateArn of arns) {
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    if (Certificate !== undefined) certificates.push(Certificate);
  }
  return certificates;
}
