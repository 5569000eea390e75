import type { Clock } from '@tidegate/clock';
import type { Check, CheckResult } from './check';

/** All of them, a few at a time; in the order given. */
export async function runChecks(checks: readonly Check[], clock: Clock): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (let start = 0; start < checks.length; start += AT_ONCE) {
    const some = checks.slice(start, start + AT_ONCE);
    results.push(...(await Promise.all(some.map((check) => runCheck(check, clock)))));
  }
  return results;
}

const AT_ONCE = 4;

async function runCheck(check: Check, clock: Clock): Promise<CheckResult> {
  const startedMs = clock.monotonicMs();
  const finding = await check.look();
  const { part, expected, remedy } = check;
  return { part, expected, remedy, ...finding, tookMs: Math.round(clock.monotonicMs() - startedMs) };
}
