import { appMetrics } from '../../test/app-metrics';
import { synthesizeServices, type Resource } from '../../test/synthesized-stack';
import { assumedUsage } from '../cost/usage';
import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { production as productionInput } from '../environments/production';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly string[])[];
    readonly stat?: string;
    readonly query?: string;
  };
}

const NAMESPACE = 'Tidegate/tidegate-production';

const production = synthesizeServices(productionInput);
const alarms = production.all('aws_cloudwatch_metric_alarm');
const { widgets } = JSON.parse(String(production.one('aws_cloudwatch_dashboard')['dashboard_body'])) as {
  widgets: readonly Widget[];
};

/** `<service> <metric>` of the apps' own, wherever the dashboard names one. */
const shown = widgets.flatMap(({ properties }) =>
  (properties.metrics ?? [])
    .filter(([namespace]) => namespace?.startsWith('Tidegate/'))
    .map(([namespace, metric, dimension, service]) => {
      expect([namespace, dimension]).toEqual([NAMESPACE, 'Service']);
      return `${service} ${metric}`;
    }),
);

/** `<service> <number>` of the apps' own, wherever the dashboard reads one from a log. */
const readFromLogs = widgets.flatMap(({ properties: { query = '' } }) => {
  const service = /^SOURCE '\/ecs\/tidegate-production\/(\w+)'/.exec(query)?.[1];
  return [...query.matchAll(/(?:sum|max|min)\((\w+)\)/g)].map(([, number]) => `${service} ${number}`);
});

/** `<service> <metric>` */
async function exported(kind: 'billed' | 'inLog'): Promise<string[]> {
  const byApp = Object.entries(await appMetrics());
  return byApp.flatMap(([service, metrics]) => metrics[kind].map((metric) => `${service} ${metric}`));
}

describe('the dashboard', () => {
  it('reads top to bottom as a request flows', () => {
    expect(widgets[0]?.properties.alarms).toHaveLength(alarms.length);
    const headlines = widgets.filter(({ type }) => type === 'text').toSorted((one, other) => one.y - other.y);
    expect(headlines.map(({ properties }) => properties.markdown)).toEqual([
      '## Internet → load balancer',
      '## → api',
      '## → inference',
      '## → logging',
      '## → mlflow',
      '## → database',
      '## → Redis',
    ]);
  });

  it('shows the metrics that the apps make: no other, and every one that is billed', async () => {
    expect(shown.toSorted()).toEqual((await exported('billed')).toSorted());
  });

  it('reads from the logs what stands there, and nothing else', async () => {
    const known = await exported('inLog');
    expect(readFromLogs).toEqual([
      'api DnsFallbackMatches',
      'inference Batches',
      'inference BatchRows',
      'logging SpoolRecords',
    ]);
    expect(readFromLogs.filter((number) => !known.includes(number))).toEqual([]);
    const groups = production.all('aws_cloudwatch_log_group').map(({ name }) => name);
    const [query = ''] = widgets.flatMap(({ properties }) => properties.query ?? []).slice(-1);
    expect(query).toBe(
      "SOURCE '/ecs/tidegate-production/logging' | filter ispresent(SpoolRecords) | stats max(SpoolRecords) by bin(60s)",
    );
    expect(groups).toContain('/ecs/tidegate-production/logging');
  });

  it('shows what alarms watch of the apps, and these exist', async () => {
    const known = await exported('billed');
    const watched = alarms
      .filter((alarm) => alarm['namespace'] === NAMESPACE)
      .map(
        (alarm) =>
          `${(alarm['dimensions'] as Resource)['Service'] as string} ${alarm['metric_name'] as string}`,
      );
    expect(watched.length).toBeGreaterThan(5);
    expect(watched.filter((metric) => !known.includes(metric) || !shown.includes(metric))).toEqual([]);
  });

  it('shows gauges of the worst task, not their sum over all tasks', () => {
    const stats = new Map(
      widgets.flatMap(({ properties: { metrics = [], stat } }) =>
        metrics.map(([, metric]) => [metric, stat] as const),
      ),
    );
    for (const metric of ['SpoolReady', 'ModelsLoaded', 'MlflowAccessible'])
      expect([metric, stats.get(metric)]).toEqual([metric, 'Minimum']);
    for (const metric of ['LogEventsWaiting', 'DnsAnswerAge', 'GatewayBreakerOpen'])
      expect([metric, stats.get(metric)]).toEqual([metric, 'Maximum']);
    for (const metric of ['LogEventsLost', 'SpoolSetAside', 'RequestsOverloaded', 'Http5xx'])
      expect([metric, stats.get(metric)]).toEqual([metric, 'Sum']);
  });

  it('has room for each: none too narrow, none outside, none over another', () => {
    for (const [index, widget] of widgets.entries()) {
      expect(widget.x + widget.width).toBeLessThanOrEqual(24);
      expect(widget.width).toBeGreaterThanOrEqual(6);
      for (const other of widgets.slice(index + 1))
        expect([widget.properties, other.properties, overlap(widget, other)]).toEqual([
          widget.properties,
          other.properties,
          false,
        ]);
    }
  });
});

it.each(ENVIRONMENT_NAMES)('the costs of %s count as many metrics of the apps as there are', async (name) => {
  expect(assumedUsage(loadEnvironment(name)).appMetrics).toBe((await exported('billed')).length);
});

function overlap(one: Widget, other: Widget): boolean {
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  const isBelow = one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !isBeside && !isBelow;
}
