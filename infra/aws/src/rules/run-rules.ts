import type { Exception } from './exceptions';
import type { Finding, Rule } from './rule';
import type { Synthesized } from './synthesized';

export interface RuleFinding extends Finding {
  readonly ruleId: string;
}

/** What all rules say about an environment, each finding with the property it breaks and the remedy. */
export function runRules(rules: readonly Rule[], system: Synthesized): RuleFinding[] {
  return rules.flatMap(({ id, title, remedy, check }) =>
    check(system).map(({ address, detail }) => ({
      ruleId: id,
      address,
      detail: `${detail}. Expected: ${title}. ${remedy}`,
    })),
  );
}

export interface Judgement<F> {
  /** Findings without a reason. */
  readonly unexplained: readonly F[];
  /** `rule on resource` of exceptions that explain nothing. */
  readonly unused: readonly string[];
}

/**
 * Findings against exceptions. An exception with nothing to except is out of date, or hides the next mistake.
 *
 * @param isOurs which ids the findings could have: of the rules that were run
 */
export function judge<F extends { readonly ruleId: string; readonly address: string }>(
  findings: readonly F[],
  exceptions: readonly Exception[],
  isOurs: (ruleId: string) => boolean,
): Judgement<F> {
  const pairs = exceptions.flatMap(({ rules, resources }) =>
    rules.filter(isOurs).flatMap((rule) => resources.map((resource) => ({ rule, resource }))),
  );
  const explains = ({ rule, resource }: (typeof pairs)[number], { ruleId, address }: F): boolean =>
    rule === ruleId && resource === constructName(address);
  return {
    unexplained: findings.filter((finding) => !pairs.some((pair) => explains(pair, finding))),
    unused: pairs
      .filter((pair) => !findings.some((finding) => explains(pair, finding)))
      .map(({ rule, resource }) => `${rule} on ${resource}`),
  };
}

/** `log-bucket` of `aws_s3_bucket.log-bucket_1E92143C`: without the type and the hash that cdktf adds. */
function constructName(address: string): string {
  return address.replace(/^.*\./, '').replace(/_[0-9A-F]{8}$/, '');
}
