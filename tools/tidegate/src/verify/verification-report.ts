import type { CheckResult } from './check';

export interface Verification {
  /** Such as `the local stack`. */
  readonly target: string;
  readonly url: string;
  readonly at: Date;
  readonly results: readonly CheckResult[];
}

/** `3 failed, 1 skipped, 20 passed`. */
export function summaryOf(results: readonly CheckResult[]): string {
  const count = (result: CheckResult['result']): number =>
    results.filter((one) => one.result === result).length;
  return (['failed', 'skipped', 'passed'] as const)
    .map((result) => [count(result), result] as const)
    .filter(([number]) => number > 0)
    .map(([number, result]) => `${number} ${result}`)
    .join(', ');
}

/** What was looked at and found, as Markdown. */
export function verificationReport({ target, url, at, results }: Verification): string {
  const failures = results.filter(({ result }) => result === 'failed');
  return [
    `# Verification of ${target}, ${at.toISOString()}`,
    `${url}: **${failures.length === 0 ? 'passed' : 'FAILED'}** (${summaryOf(results)})`,
    ...failures.map(
      ({ part, expected, found, remedy }) =>
        `## ${part}: failed\n\n- Expected: ${inLine(expected)}\n- Found: ${inLine(found)}\n- To do: ${inLine(remedy)}`,
    ),
    '## Everything looked at',
    [
      '| part | expected | result | found | ms |',
      '| --- | --- | --- | --- | ---: |',
      ...results.map(({ part, expected, result, found, tookMs }) =>
        cells(part, expected, result, found, String(tookMs)),
      ),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function cells(...texts: readonly string[]): string {
  return `| ${texts.map((text) => inLine(text).replaceAll('|', '\\|')).join(' | ')} |`;
}

/** What a server said may hold anything; in a report it is text on one line. */
function inLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('<', '&lt;').trim();
}
