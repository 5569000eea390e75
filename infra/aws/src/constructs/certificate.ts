import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';

export interface CertificateProps {
  /** `ml.example.com` */
  readonly domainName: string;
  /** Other names it is good for. @default none */
  readonly otherNames?: string[];
  /** Route 53 zone that proves who owns the names. */
  readonly zoneId: string;
}

/** A certificate of ACM, proven by records in Route 53 and renewed by AWS as long as they stay. */
export class Certificate extends Construct {
  /** Of the certificate when it is valid: whoever uses it waits until then. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName: props.domainName,
      subjectAlternativeNames: props.otherNames,
      validationMethod: 'DNS',
      // The listener keeps the old one until the new one is valid.
      lifecycle: { createBeforeDestroy: true },
    });
    const proofs = [props.domainName, ...(props.otherNames ?? [])].map((name) =>
      this.proof(certificate, name, props.zoneId),
    );
    const validation = new AcmCertificateValidation(this, 'valid', {
      certificateArn: certificate.arn,
      validationRecordFqdns: proofs.map(({ fqdn }) => fqdn),
    });
    this.arn = validation.certificateArn;
  }

  /** A record for each name that is known now: what ACM wants in it is known only when the certificate was asked for. */
  private proof(certificate: AcmCertificate, name: string, zoneId: string): Route53Record {
    const option = (field: string): string =>
      `\${one([for option in ${certificate.fqn}.domain_validation_options : option.${field} if option.domain_name == "${name}"])}`;
    return new Route53Record(this, `proof-${name}`, {
      zoneId,
      name: option('resource_record_name'),
      type: option('resource_record_type'),
      records: [option('resource_record_value')],
      ttl: 60,
      allowOverwrite: true,
    });
  }
}
