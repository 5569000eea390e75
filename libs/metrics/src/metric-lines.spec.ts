import { FakeClock } from '@tidegate/testing';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import type { CloudWatchMetric } from './cloudwatch-metric';
import { http5xx } from './http-5xx';
import { MetricLines } from './metric-lines';

const text = z.string().min(1).max(1024);
/**
 * The specification of the embedded metric format, "Schema": its objects MUST NOT contain additional members; names refer to
 * members at the root, dimensions to strings and metrics to numbers.
 */
const embeddedMetricFormat = z
  .looseObject({
    _aws: z.strictObject({
      Timestamp: z.int().positive(),
      CloudWatchMetrics: z.array(
        z.strictObject({
          Namespace: text.max(256),
          Dimensions: z.array(z.array(text.max(250)).min(1).max(30)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: text, Unit: z.enum(['Seconds', 'Count']).optional() }))
            .min(1)
            .max(100),
        }),
      ),
    }),
  })
  .superRefine((document, context) => {
    for (const { Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
      for (const name of Dimensions.flat())
        if (typeof document[name] !== 'string') context.addIssue(`dimension ${name} has no text`);
      for (const { Name } of Metrics)
        if (typeof document[Name] !== 'number') context.addIssue(`metric ${Name} has no number`);
    }
  });

const startMs = Date.UTC(2026, 0, 1);

function setUp(metrics: readonly CloudWatchMetric[]) {
  const registry = new Registry();
  const clock = new FakeClock(startMs);
  const written: string[] = [];
  const errors: unknown[] = [];
  const lines = new MetricLines({
    namespace: 'Tidegate/tidegate-dev',
    service: 'api',
    metrics,
    write: (line) => written.push(line),
    onError: (error) => errors.push(error),
    clock,
    registry,
  });
  const documents = (): Record<string, unknown>[] =>
    written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { registry, clock, lines, written, documents, errors };
}

const lookups: CloudWatchMetric = { name: 'DnsLookups', series: 'dns_lookups_total', value: 'growth' };

describe('MetricLines', () => {
  it('writes one line a minute that is valid embedded metric format', async () => {
    const { registry, clock, lines, written, documents } = setUp([
      lookups,
      { name: 'DnsFallbackActive', series: 'dns_fallback_active', value: 'highest' },
      { name: 'DnsAnswerAge', series: 'dns_last_success_timestamp_seconds', value: 'age' },
      {
        name: 'DnsLookupSeconds',
        series: 'dns_lookup_duration_seconds_sum',
        value: 'growth',
        unit: 'Seconds',
      },
      { name: 'DnsAddresses', series: 'dns_addresses', value: 'highest', isOnlyInLog: true },
    ]);
    const counter = new Counter({
      name: 'dns_lookups_total',
      help: 'h',
      labelNames: ['name'],
      registers: [registry],
    });
    const age = { name: 'dns_last_success_timestamp_seconds', help: 'h', registers: [registry] };
    new Gauge(age).set(startMs / 1000);
    counter.inc({ name: 'mlflow' }, 2);
    counter.inc({ name: 'logging' }, 3);
    lines.start();

    await clock.advance(59_999);
    expect(written).toEqual([]);
    await clock.advance(1);
    await clock.advance(60_000);

    expect(written.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(
      true,
    );
    for (const document of documents()) embeddedMetricFormat.parse(document);
    expect(documents()[0]).toEqual({
      _aws: {
        Timestamp: startMs + 60_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Tidegate/tidegate-dev',
            Dimensions: [['Service']],
            Metrics: [
              { Name: 'DnsLookups', Unit: 'Count' },
              { Name: 'DnsFallbackActive', Unit: 'Count' },
              { Name: 'DnsAnswerAge', Unit: 'Seconds' },
              { Name: 'DnsLookupSeconds', Unit: 'Seconds' },
            ],
          },
        ],
      },
      Service: 'api',
      DnsLookups: 5,
      DnsFallbackActive: 0,
      DnsAnswerAge: 60,
      DnsLookupSeconds: 0,
      DnsAddresses: 0,
    });
    expect(documents()[1]).toMatchObject({ DnsLookups: 0, DnsAnswerAge: 120 });
    expect(documents()).toHaveLength(2);
  });

  it('counts each event in exactly one line, the last one at the stop, and none after it', async () => {
    const { registry, clock, lines, documents } = setUp([lookups]);
    const counter = new Counter({ name: 'dns_lookups_total', help: 'h', registers: [registry] });
    lines.start();
    counter.inc(4);
    await clock.advance(60_000);
    counter.inc(1);
    await clock.advance(60_000);
    counter.inc(2);
    await Promise.all([lines.stop(), lines.stop()]);
    await clock.advance(180_000);

    expect(documents().map((document) => document.DnsLookups)).toEqual([4, 1, 2]);
  });

  it('loses no count when a line cannot be made', async () => {
    const { registry, clock, lines, documents, errors } = setUp([lookups]);
    const counter = new Counter({ name: 'dns_lookups_total', help: 'h', registers: [registry] });
    let isIll = true;
    const collect = (): void => {
      if (isIll) throw new Error('cannot be read now');
    };
    new Gauge({ name: 'ill', help: 'h', registers: [registry], collect });
    lines.start();
    counter.inc(4);
    await clock.advance(60_000);
    isIll = false;
    counter.inc(1);
    await clock.advance(60_000);

    expect(errors).toEqual([new Error('cannot be read now')]);
    expect(documents().map((document) => document.DnsLookups)).toEqual([5]);
  });

  it('leaves out what has no series yet, unless none means zero', async () => {
    const { registry, lines, documents } = setUp([
      lookups,
      { name: 'ModelsLoaded', series: 'inference_model_loaded', value: 'lowest' },
      { name: 'DnsAnswerAge', series: 'dns_last_success_timestamp_seconds', value: 'age' },
    ]);
    await lines.stop();

    const loaded = new Gauge({
      name: 'inference_model_loaded',
      help: 'h',
      labelNames: ['model'],
      registers: [registry],
    });
    loaded.set({ model: 'a' }, 1);
    loaded.set({ model: 'b' }, 0);
    const second = setUp([{ name: 'ModelsLoaded', series: 'inference_model_loaded', value: 'lowest' }]);
    second.registry.registerMetric(loaded);
    await second.lines.stop();

    expect(documents()[0]).toMatchObject({ DnsLookups: 0 });
    expect(documents()[0]).not.toHaveProperty('ModelsLoaded');
    expect(documents()[0]).not.toHaveProperty('DnsAnswerAge');
    embeddedMetricFormat.parse(documents()[0]);
    expect(second.documents()[0]).toMatchObject({ ModelsLoaded: 0 });
  });

  it('counts failed requests, but not probes that say not ready', async () => {
    const { registry, lines, documents } = setUp([http5xx]);
    const durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'h',
      labelNames: ['route', 'status'],
      registers: [registry],
    });
    durations.observe({ route: '/predict', status: '5xx' }, 0.1);
    durations.observe({ route: '/predict', status: '2xx' }, 0.1);
    durations.observe({ route: '/readyness', status: '5xx' }, 0.1);
    for (const route of ['/ready', '/health', '/live', '/api/health/mlflow', '/api/health'])
      durations.observe({ route, status: '5xx' }, 0.1);
    await lines.stop();

    expect(documents()[0]).toMatchObject({ Http5xx: 2 });
  });
});
