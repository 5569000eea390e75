import { AddressBook, DnsError, type LookupResult } from '@tidegate/dns';
import { FakeClock } from '@tidegate/testing';
import { register } from 'prom-client';
import { apiCloudWatchMetrics } from '../cloudwatch-metrics';
import { DnsMetrics } from './dns-metrics';

const name = 'mlflow.tidegate-test.local';

function found(...addresses: string[]): LookupResult {
  return {
    kind: 'found',
    addresses: addresses.map((address) => ({ address, family: 4 })),
    ttlSeconds: 10,
  };
}
const failed: LookupResult = { kind: 'failed', error: new DnsError('DNS_TIMEOUT', 'The source failed') };

/** Series of one metric as `labels value` lines. */
async function series(metric: string): Promise<string[]> {
  const text = await register.getSingleMetricAsString(metric);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`))
    .map((line) =>
      line.slice(metric.length).replaceAll(`name="${name}",`, '').replaceAll(`name="${name}"`, ''),
    );
}

describe('the metrics of name resolution', () => {
  afterEach(() => register.clear());

  it('tell of look-ups, hits, addresses and the fall-back address through an outage', async () => {
    const clock = new FakeClock();
    let answer = found('10.0.0.1', '10.0.0.2');
    const book = new AddressBook({
      clock,
      nameServer: { lookup: () => Promise.resolve(answer) },
      system: { lookup: () => Promise.resolve(failed) },
      fallbacks: new Map([[name, { address: '10.0.0.2', family: 4 }]]),
      observers: [new DnsMetrics({ hostname: name, source: 'discovery' })],
      random: () => 0,
    });
    expect(await series('dns_fallback_active')).toEqual(['{} 0']);

    await book.resolve(name);
    await book.resolve(name);
    expect(await series('dns_fallback_matches')).toEqual(['{} 1']);
    answer = found('10.0.0.1');
    await clock.advance(10_000);
    await book.resolve(name);
    answer = failed;
    await clock.advance(10_000);
    await book.resolve(name);
    await clock.advance(301_000);
    await book.resolve(name);

    await clock.advance(0);
    expect(await series('dns_lookups_total')).toEqual(
      expect.arrayContaining([
        '{source="name-server",result="found"} 2',
        '{source="system",result="DNS_TIMEOUT"} 2',
      ]),
    );
    expect(await series('dns_cache_hits_total')).toEqual(
      expect.arrayContaining(['{state="fresh"} 1', '{state="stale"} 1', '{state="fallback"} 1']),
    );
    expect(await series('dns_addresses')).toEqual(['{} 1']);
    expect(await series('dns_address_changes_total')).toEqual(['{} 1']);
    expect(await series('dns_fallback_active')).toEqual(['{} 1']);
    expect(await series('dns_fallback_matches')).toEqual(['{} 0']);
    expect(await series('dns_last_success_timestamp_seconds')).toHaveLength(1);
    expect(await register.metrics()).toContain(
      `dns_lookup_duration_seconds_count{name="${name}",source="name-server"} 4`,
    );
  });

  it.each([
    ['discovery', 0],
    ['MLFLOW_SERVER_URL', 1],
    ['MLFLOW_TRACKING_URI', 1],
  ] as const)('say whether an override is in use: %s', async (source, value) => {
    new DnsMetrics({ hostname: name, source });
    expect(await series('dns_override_active')).toEqual([`{} ${value}`]);
  });

  it('all go to CloudWatch', async () => {
    new DnsMetrics({ hostname: name, source: 'discovery' });
    const known = (await register.getMetricsAsJSON()).map((metric) => metric.name);
    const sent = apiCloudWatchMetrics(name).map((metric) => metric.series.replace(/_(sum|count)$/, ''));
    expect(sent).toEqual(expect.arrayContaining(known));
  });
});
