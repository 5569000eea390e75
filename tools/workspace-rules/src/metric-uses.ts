import path from 'node:path';
import { SERVICES, type DeclaredMetric, type Service } from './app-metrics';

const root = path.resolve(__dirname, '../../..');

/** Who reads a metric, each by its name. */
export interface MetricUses {
  readonly alerts: readonly string[];
  readonly dashboards: readonly string[];
  readonly cloudWatch: readonly string[];
}

type Rule = { readonly expr: string } & ({ readonly alert: string } | { readonly record: string });
interface Dashboard {
  readonly title: string;
  readonly rows: readonly {
    readonly panels: readonly { readonly queries: readonly { readonly expr: string }[] }[];
  }[];
}
interface CloudWatchMetric {
  readonly name: string;
  readonly series: string;
}

/** Rules, dashboards and metric lines, loaded as data: nothing depends on infra or apps. */
export async function readUses(): Promise<(metric: DeclaredMetric, service?: Service) => MetricUses> {
  const { allRules } = await load<{ allRules: () => readonly Rule[] }>('infra/monitoring/src/rule-files.ts');
  const { dashboards } = await load<{ dashboards: readonly Dashboard[] }>(
    'infra/monitoring/src/dashboards/all-dashboards.ts',
  );
  const seriesOf = await seriesReader(allRules());
  const alerts = allRules().flatMap((rule) =>
    'alert' in rule ? [{ name: rule.alert, series: seriesOf(rule.expr) }] : [],
  );
  const panels = dashboards.map(({ title, rows }) => ({
    name: title.replace(/^Tidegate: /, ''),
    series: new Set(
      rows.flatMap((row) =>
        row.panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => [...seriesOf(expr)])),
      ),
    ),
  }));
  const lines = await cloudWatchMetrics();
  return (metric, service) => {
    const own = seriesNames(metric);
    const namesOf = (readers: readonly { name: string; series: ReadonlySet<string> }[]): string[] => [
      ...new Set(readers.flatMap(({ name, series }) => (own.some((one) => series.has(one)) ? [name] : []))),
    ];
    return {
      alerts: namesOf(alerts),
      dashboards: namesOf(panels),
      cloudWatch: [
        ...new Set(
          (service === undefined ? SERVICES : [service])
            .flatMap((name) => lines[name])
            .flatMap(({ name, series }) => (own.includes(series) ? [name] : [])),
        ),
      ],
    };
  };
}

/** The series an expression reads, also through recording rules. */
async function seriesReader(rules: readonly Rule[]): Promise<(expression: string) => ReadonlySet<string>> {
  const { selectorsOf } = await load<{ selectorsOf: (text: string) => readonly { metric: string }[] }>(
    'infra/monitoring/src/promql.ts',
  );
  const seriesOf = (expression: string): ReadonlySet<string> =>
    new Set(
      selectorsOf(expression.replaceAll('$__rate_interval', '1m')).flatMap(({ metric }) => [
        metric,
        ...rules.flatMap((rule) =>
          'record' in rule && rule.record === metric ? [...seriesOf(rule.expr)] : [],
        ),
      ]),
    );
  return seriesOf;
}

async function cloudWatchMetrics(): Promise<Readonly<Record<Service, readonly CloudWatchMetric[]>>> {
  type Listed = readonly CloudWatchMetric[];
  const api = await load<{ apiCloudWatchMetrics: (hostname: string) => Listed }>(fileOf('api'));
  const inference = await load<{ inferenceCloudWatchMetrics: Listed }>(fileOf('inference'));
  const logging = await load<{ loggingCloudWatchMetrics: Listed }>(fileOf('logging'));
  return {
    api: api.apiCloudWatchMetrics('mlflow'),
    inference: inference.inferenceCloudWatchMetrics,
    logging: logging.loggingCloudWatchMetrics,
  };
}

function fileOf(service: Service): string {
  return `apps/${service}/src/cloudwatch-metrics.ts`;
}

/** A histogram has three. */
function seriesNames({ name, type }: DeclaredMetric): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}

async function load<Exports>(file: string): Promise<Exports> {
  return (await import(path.join(root, file))) as Exports;
}
