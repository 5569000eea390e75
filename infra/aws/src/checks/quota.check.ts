import type { Problem } from './problem';

/** Something an account may have so many of in a region. */
export interface Quota {
  /** In the plural, such as `load balancers`. */
  readonly things: string;
  /** What Service Quotas calls it. */
  readonly serviceCode: string;
  readonly quotaCode: string;
}

export interface QuotaFacts {
  readonly most: number;
  /** All that there are, those of the environment included. */
  readonly used: number;
  /** What the environment has already. */
  readonly own: number;
}

/** @param needed how many the environment has once it is deployed */
export function quotaProblems(quota: Quota, needed: number, facts: QuotaFacts, region: string): Problem[] {
  const { things, serviceCode, quotaCode } = quota;
  const missing = Math.max(0, needed - facts.own);
  const free = Math.max(0, facts.most - facts.used);
  if (missing <= free) return [];
  return [
    {
      what: `The account has ${facts.used} of at most ${facts.most} ${things} in ${region}.`,
      expected: `room for ${missing} more.`,
      remedy:
        'Delete what nobody uses, or ask for more and wait for the answer: aws service-quotas request-service-quota-increase ' +
        `--region ${region} --service-code ${serviceCode} --quota-code ${quotaCode} --desired-value ${Math.ceil(facts.used + missing)}`,
    },
  ];
}
