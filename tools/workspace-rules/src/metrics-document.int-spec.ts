import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DECLARING_FILES } from './app-metrics';
import { workspaceRoot } from './lint-texts';
import { workspaceFiles } from './workspace-files';
import { writtenNow } from './written-document';

const text = readFileSync(path.join(workspaceRoot, 'docs/metrics.md'), 'utf8');

/** What makes a metric: of prom-client, of its wrapper for Nest, or ours. */
const DECLARES = /\bnew (Counter|Gauge|Histogram|Summary|LeanHistogram)\b|\bmake\w+Provider\(/;

function rowOf(metric: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith(`| \`${metric}\` `));
}

describe('docs/metrics.md', () => {
  it('lists the metrics as they are: else run `npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-metrics-document.ts`', async () => {
    expect(text).toBe(await writtenNow('write-metrics-document.ts'));
  });

  it('knows every file that declares metrics', () => {
    const declaring = workspaceFiles()
      .filter((file) => /^(apps|libs)\/[^/]+\/src\/.*(?<!spec)\.ts$/.test(file))
      .filter((file) => DECLARES.test(readFileSync(path.join(workspaceRoot, file), 'utf8')));
    expect(declaring.sort()).toEqual([...DECLARING_FILES].sort());
  });

  it.each([
    [
      'a label, a unit, an alert and a CloudWatch metric',
      'gateway_breaker_open',
      /0 or 1 .*`upstream`.*\(alerts\.md#upstreamunreachable\).*`GatewayBreakerOpen`/,
    ],
    [
      'an alert that reads it through recording rules',
      'http_request_duration_seconds',
      /histogram .*\(alerts\.md#errorbudgetburnsfast\)/,
    ],
    [
      'a dashboard that reads one series of a histogram',
      'inference_queue_duration_seconds',
      /histogram +\| s .*\| inference /,
    ],
    ['a metric of a Nest provider', 'logging_spool_bytes', /gauge +\| bytes .*`service`/],
    ['a metric of the process', 'process_open_fds', /\(alerts\.md#filedescriptorsrunout\)/],
  ])('names %s', (_, metric, expected) => {
    expect(rowOf(metric)).toMatch(expected);
  });
});
