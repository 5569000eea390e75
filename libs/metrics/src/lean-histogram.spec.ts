import { Histogram, register, Registry } from 'prom-client';
import { LeanHistogram } from './lean-histogram';

const OPTIONS = { help: 'Of a test.', labelNames: ['model', 'route'] as const, buckets: [0.1, 0.5, 1] };
const VALUES = [0.05, 0.1, 0.100001, 0.7, 1, 3];

describe('a lean histogram', () => {
  afterEach(() => register.clear());

  it('exports exactly what the one of prom-client exports', async () => {
    const reference = new Registry();
    const theirs = new Histogram({
      ...OPTIONS,
      name: 'test_seconds',
      labelNames: [...OPTIONS.labelNames],
      buckets: [...OPTIONS.buckets],
      registers: [reference],
    });
    const ours = new LeanHistogram({ ...OPTIONS, name: 'test_seconds' });

    for (const route of ['/a', '/b"\n']) {
      const labels = { model: 'digits', route };
      for (const value of VALUES) {
        theirs.observe(labels, value);
        ours.series(labels).observe(value);
      }
    }

    expect(await register.metrics()).toBe(await reference.metrics());
    const [metric] = (await reference.getMetricsAsJSON()) as unknown as {
      values: { exemplar?: unknown }[];
    }[];
    for (const value of metric?.values ?? []) delete value.exemplar;
    expect(await register.getMetricsAsJSON()).toEqual([metric]);
  });

  it('gives the same series for the same labels, in whatever order', () => {
    const histogram = new LeanHistogram({ ...OPTIONS, name: 'test_seconds' });

    expect(histogram.series({ model: 'a', route: 'b' })).toBe(histogram.series({ route: 'b', model: 'a' }));
    expect(histogram.series({ model: 'a', route: 'b' })).not.toBe(
      histogram.series({ model: 'a,b', route: '' }),
    );
  });
});
