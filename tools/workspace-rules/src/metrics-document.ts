import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { metricsOf, metricsOfAll, SERVICES, type DeclaredMetric } from './app-metrics';
import { readUses, type MetricUses } from './metric-uses';

const root = path.resolve(__dirname, '../../..');

const HEAD = `# Metrics

Every metric of the three services, as their code declares it, at \`GET /metrics\` of each process (api :8080, inference :8000,
logging :8001; never through the load balancer). [infra/monitoring](../infra/monitoring/README.md) reads them with Prometheus. On AWS a
few go to CloudWatch as well, in the namespace \`Tidegate/<project>-<env>\` with the dimension \`Service\`; the last column names them.
A CloudWatch metric may count some of the series only, and some stand in the log's metric line alone.

- No label names a key, a person, an address or a path: the number of series stays small.
- A counter starts at 0 with each process, and one with labels has no series before it has counted. A histogram has the series
  \`<name>_bucket\`, \`<name>_sum\` and \`<name>_count\`.
- What to do about an alert: its link leads there. Dashboards are those of Grafana. [ServiceDown](alerts.md#servicedown) and
  [InstanceDown](alerts.md#instancedown) read \`up\`, which Prometheus makes itself.

This page is made by \`npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-metrics-document.ts\`.`;

const OF_ALL = `## All three

Requests are counted by route pattern and class of status. The process's own are the default metrics of prom-client; here are those
that rules and dashboards read.`;

/** `docs/metrics.md`, as the formatter leaves it. */
export async function metricsDocument(): Promise<string> {
  const usesOf = await readUses();
  const sections = [];
  for (const service of SERVICES)
    sections.push(
      `## ${service}`,
      tableOf(await metricsOf(service), (metric) => usesOf(metric, service)),
    );
  const [ofRequests, ...ofProcess] = await metricsOfAll();
  const isRead = (metric: DeclaredMetric): boolean => {
    const { alerts, dashboards } = usesOf(metric);
    return alerts.length + dashboards.length > 0;
  };
  const ofAll = [...(ofRequests ? [ofRequests] : []), ...ofProcess.filter(isRead)];
  const options = await resolveConfig(path.join(root, 'docs/metrics.md'));
  return format([HEAD, ...sections, OF_ALL, tableOf(ofAll, usesOf)].join('\n\n'), {
    ...options,
    parser: 'markdown',
  });
}

function tableOf(metrics: readonly DeclaredMetric[], usesOf: (metric: DeclaredMetric) => MetricUses): string {
  return [
    '| metric | type | unit | labels | what | alerts | dashboards | CloudWatch |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...metrics.map((metric) => row(metric, usesOf(metric))),
  ].join('\n');
}

function row(metric: DeclaredMetric, { alerts, dashboards, cloudWatch }: MetricUses): string {
  const cells = [
    `\`${metric.name}\``,
    metric.type,
    unitOf(metric),
    metric.labels.map((label) => `\`${label}\``).join(', '),
    metric.help,
    alerts.map((alert) => `[${alert}](alerts.md#${alert.toLowerCase()})`).join(', '),
    dashboards.join(', '),
    cloudWatch.map((name) => `\`${name}\``).join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}

/** By Prometheus' conventions the name says it; what is 1 or 0 begins its help with that. */
function unitOf({ name, help }: DeclaredMetric): string {
  if (/^1\b/.test(help)) return '0 or 1';
  if (/(_timestamp|_start_time)_seconds$/.test(name)) return 'Unix time, s';
  if (/_seconds(_total)?$/.test(name)) return 's';
  if (/_bytes$/.test(name)) return 'bytes';
  return 'number';
}
