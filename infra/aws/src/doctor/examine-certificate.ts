import type { CertificateDetail, DomainValidation } from '@aws-sdk/client-acm';
import type { Problem } from '../checks';
import type { Environment } from '../environments';

const DAY_MS = 24 * 60 * 60 * 1000;
/** ACM renews 60 days before the end; what is left by then was tried in vain for a month. */
const RENEWED_DAYS = 30;

/**
 * The certificate of the public name. None is no problem: the first deployment makes it.
 *
 * @param certificates all of ACM that have the name
 */
export function certificateProblems(
  { edge: { domain }, region }: Environment,
  certificates: readonly CertificateDetail[],
  nowMs: number,
): readonly Problem[] {
  if (domain === undefined) return [];
  // One that failed stays behind until somebody deletes it, and so does one that was replaced.
  const issued = certificates.filter(({ Status }) => Status === 'ISSUED');
  if (issued.length > 0)
    return issued
      .filter(({ InUseBy = [] }) => InUseBy.length > 0)
      .flatMap((certificate) => renewalProblems(certificate, region, nowMs));
  return certificates.map((certificate) => unissued(certificate, domain, region));
}

function unissued(
  { DomainName, Status, FailureReason, DomainValidationOptions = [] }: CertificateDetail,
  { zoneName, zoneId }: { zoneName: string; zoneId: string },
  region: string,
): Problem {
  const expected = 'ISSUED; the load balancer takes no other.';
  const what = `The certificate of ${DomainName} in ${region} is ${Status}${FailureReason === undefined ? '' : `, because of ${FailureReason}`}.`;
  if (Status === 'PENDING_VALIDATION')
    return {
      what,
      expected,
      remedy: `ACM has to find ${proofsOf(DomainValidationOptions)}: look whether the zone ${zoneId} has it, and whether "dig NS ${zoneName}" shows the name servers of that zone.`,
    };
  if (FailureReason === 'CAA_ERROR')
    return {
      what,
      expected,
      remedy: `Allow "amazon.com" in the CAA records of ${zoneName}, then deploy again.`,
    };
  return { what, expected, remedy: 'Delete it in ACM and deploy again: Terraform asks for a new one.' };
}

function renewalProblems(
  { DomainName, NotAfter, RenewalSummary, DomainValidationOptions = [] }: CertificateDetail,
  region: string,
  nowMs: number,
): readonly Problem[] {
  const isRefused = ['FAILED', 'PENDING_VALIDATION'].includes(RenewalSummary?.RenewalStatus ?? '');
  const days = NotAfter === undefined ? undefined : Math.floor((NotAfter.getTime() - nowMs) / DAY_MS);
  if (!isRefused && (days === undefined || days >= RENEWED_DAYS)) return [];
  return [
    {
      what: `The certificate of ${DomainName} in ${region} is not renewed${days === undefined ? '' : `: it ends in ${days} days`}.`,
      expected: `one that ACM renewed ${2 * RENEWED_DAYS} days before its end.`,
      remedy: `Put back ${proofsOf(DomainValidationOptions)}, which ACM asks for at each renewal: deploy the services again.`,
    },
  ];
}

function proofsOf(options: readonly DomainValidation[]): string {
  const records = options.flatMap(({ ResourceRecord: record }) =>
    record === undefined ? [] : [`${record.Name} ${record.Type} ${record.Value}`],
  );
  return records.length === 0
    ? 'its record in the zone'
    : `the record ${[...new Set(records)].join(' and ')}`;
}
