import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { dashboardExpressions } from '../expressions';
import { selectorsOf } from '../promql';
import { monitoringFolder } from '../rule-files';
import { dashboardFiles, dashboardsFolder } from './dashboard-files';

interface GrafanaPanel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface GrafanaDashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly GrafanaPanel[];
}

const files = dashboardFiles();
const grafanaDashboards = files.map(({ content }) => JSON.parse(content) as GrafanaDashboard);
const expressions = dashboardExpressions('$__rate_interval').map(({ text }) => text);

describe('the dashboards', () => {
  it('in the folder are those of the source: npx tsx infra/monitoring/src/dashboards/write-dashboards.ts', () => {
    expect(readdirSync(dashboardsFolder).sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, content } of files)
      expect(readFileSync(path.join(dashboardsFolder, name), 'utf8')).toBe(content);
  });

  it('are the fleet, the gateway, inference, the prediction log and discovery', () => {
    expect(grafanaDashboards.map(({ uid }) => uid)).toEqual([
      'tidegate-fleet',
      'tidegate-gateway',
      'tidegate-inference',
      'tidegate-prediction-log',
      'tidegate-discovery',
    ]);
  });

  it('show model, prediction rate, error rate and defect rate by the expressions users were promised', () => {
    expect(expressions).toEqual(
      expect.arrayContaining([
        'inference_model_loaded',
        'rate(inference_predictions_total[1m])',
        'rate(inference_errors_total[1m]) / rate(inference_predictions_total[1m])',
        'rate(logging_defects_total[1m]) / rate(logging_predictions_total[1m])',
      ]),
    );
  });

  it('show of discovery look-ups, failures, state of the cache, age of the last good answer and the fall-back', () => {
    const metrics = new Set(
      dashboardExpressions()
        .filter(({ where }) => where.startsWith('Tidegate: discovery'))
        .flatMap(({ text }) => selectorsOf(text).map(({ metric }) => metric)),
    );
    for (const metric of [
      'dns_lookups_total',
      'dns_cache_hits_total',
      'dns_last_success_timestamp_seconds',
      'dns_fallback_active',
    ])
      expect(metrics).toContain(metric);
  });

  it('ask the data source that is provisioned', () => {
    const provisioned = parse(
      readFileSync(path.join(monitoringFolder, 'grafana/provisioning/datasources/prometheus.yml'), 'utf8'),
    ) as { datasources: { uid: string }[] };
    const asked = grafanaDashboards.flatMap(({ panels }) =>
      panels.flatMap(({ datasource }) => datasource?.uid ?? []),
    );
    expect([...new Set(asked)]).toEqual(provisioned.datasources.map(({ uid }) => uid));
  });

  it.each(grafanaDashboards)(
    '$title has panels of their own id and place, each with a query',
    ({ panels }) => {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(cellsOf);
      expect(new Set(cells).size).toBe(cells.length);
      for (const { targets } of panels.filter(({ type }) => type !== 'row'))
        expect(targets?.map(({ refId }) => refId)).toEqual(targets?.map((_, index) => 'ABC'[index]));
    },
  );
});

function cellsOf({ gridPos: { x, y, w, h } }: GrafanaPanel): string[] {
  expect(x + w).toBeLessThanOrEqual(24);
  return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
}
