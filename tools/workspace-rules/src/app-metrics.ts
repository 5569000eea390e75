import path from 'node:path';
import { collectDefaultMetrics, Counter, Gauge, register } from 'prom-client';

const root = path.resolve(__dirname, '../../..');

export const SERVICES = ['api', 'inference', 'logging'] as const;
export type Service = (typeof SERVICES)[number];

/** A metric as the code declares it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** What a module exports that is loaded as data: nothing depends on apps. */
interface Exported {
  new (...args: unknown[]): unknown;
  (...args: unknown[]): unknown;
}
type Exports = Readonly<Record<string, Exported>>;

interface Declaration {
  readonly file: string;
  /** Has the module make its metrics in prom-client's registry, as the app does at its start. */
  readonly make: (exports: Exports) => unknown;
}

const OF_ALL: Declaration = {
  file: 'libs/metrics/src/http-metrics.ts',
  make: ({ httpSeries }) => httpSeries?.('GET', '/', 200),
};

const DECLARATIONS: Readonly<Record<Service, readonly Declaration[]>> = {
  api: [
    { file: 'apps/api/src/discovery/upstream-metrics.ts', make: (made) => made.measureUpstreams?.([]) },
    {
      file: 'apps/api/src/discovery/dns-metrics.ts',
      make: ({ DnsMetrics }) => DnsMetrics && new DnsMetrics({ hostname: 'mlflow', source: 'discovery' }),
    },
    { file: 'apps/api/src/keys/key-metrics.ts', make: ({ KeyMetrics }) => KeyMetrics && new KeyMetrics() },
    {
      file: 'apps/api/src/limits/limit-metrics.ts',
      make: ({ LimitMetrics }) => LimitMetrics && new LimitMetrics(() => false),
    },
  ],
  inference: [
    {
      file: 'apps/inference/src/status/inference-metrics.ts',
      make: ({ InferenceMetrics }) => InferenceMetrics && new InferenceMetrics(),
    },
  ],
  logging: [{ file: 'apps/logging/src/health/log-metrics.ts', make: makeProvided }],
};

/** Files that declare metrics; a test looks for others. */
export const DECLARING_FILES = [OF_ALL, ...Object.values(DECLARATIONS).flat()].map(({ file }) => file);

export function metricsOf(service: Service): Promise<DeclaredMetric[]> {
  return made(DECLARATIONS[service]);
}

/** Of requests and of the process itself. */
export async function metricsOfAll(): Promise<DeclaredMetric[]> {
  const ofRequests = await made([OF_ALL]);
  register.clear();
  collectDefaultMetrics();
  return [...ofRequests, ...registered()];
}

async function made(declarations: readonly Declaration[]): Promise<DeclaredMetric[]> {
  register.clear();
  for (const { file, make } of declarations) {
    const before = registered().length;
    make((await import(path.join(root, file))) as Exports);
    if (registered().length === before)
      throw new Error(`${file} made no metrics: expected it to declare some, as it did before.`);
  }
  return registered();
}

/** From the declarations alone: their values would be asked of parts that do not run. */
function registered(): DeclaredMetric[] {
  const metrics = register.getMetricsAsArray() as unknown as readonly RegisteredMetric[];
  return metrics.map((metric) => {
    const { name, help, labelNames: labels } = metric;
    return { name, help, labels, type: typeOf(metric) };
  });
}

interface RegisteredMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

function typeOf(metric: RegisteredMetric): string {
  if (metric instanceof Counter) return 'counter';
  if (metric instanceof Gauge) return 'gauge';
  return 'histogram';
}

/** Nest would call these factories. */
function makeProvided(exports: Exports): void {
  const providers = exports.logMetricProviders as unknown as readonly { useFactory: () => unknown }[];
  for (const { useFactory } of providers) useFactory();
}
