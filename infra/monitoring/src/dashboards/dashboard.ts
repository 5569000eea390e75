/** What a dashboard is for us; {@link grafanaDashboard} makes Grafana's model of it. */
export interface Dashboard {
  /** Part of the address in Grafana, and the name of the file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

/** Panels side by side, of the same width. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** What to look for in it. */
  readonly description?: string;
  /** A number shows the latest value, a graph how it came about. @default graph */
  readonly kind?: 'graph' | 'number' | 'table';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** From here on it is drawn in red. */
  readonly badFrom?: number;
  /** Below this it is drawn in red. */
  readonly badBelow?: number;
}

export interface Query {
  readonly expr: string;
  /** Name of a line, such as `{{model}}`. */
  readonly legend: string;
}

/** As Grafana calls them. */
export type Unit =
  'short' | 's' | 'percentunit' | 'reqps' | 'ops' | 'bytes' | 'bool_yes_no' | 'dateTimeFromNow';

const COLUMNS = 24;
const HEADING_HEIGHT = 1;
const PANEL_HEIGHT = 8;
const DATA_SOURCE = { type: 'prometheus', uid: 'tidegate-prometheus' };

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** JSON as Grafana's provisioning reads it. */
export function grafanaDashboard({ uid, title, description, rows }: Dashboard): object {
  let id = 0;
  let y = 0;
  const panels: object[] = [];
  for (const row of rows) {
    const heading = { x: 0, y, w: COLUMNS, h: HEADING_HEIGHT };
    panels.push({ id: ++id, type: 'row', title: row.title, collapsed: false, panels: [], gridPos: heading });
    y += HEADING_HEIGHT;
    const width = Math.floor(COLUMNS / row.panels.length);
    for (const [index, panel] of row.panels.entries())
      panels.push({ id: ++id, ...grafanaPanel(panel, { x: index * width, y, w: width, h: PANEL_HEIGHT }) });
    y += PANEL_HEIGHT;
  }
  return {
    uid,
    title,
    description,
    tags: ['tidegate'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: [
      { type: 'dashboards', title: 'Tidegate', tags: ['tidegate'], asDropdown: true, includeVars: false },
    ],
    annotations: { list: [ALERTS_ON_GRAPHS] },
    templating: { list: [] },
    panels,
  };
}

/** Every graph shows when a page fired. */
const ALERTS_ON_GRAPHS = {
  name: 'Pages',
  enable: true,
  iconColor: 'red',
  datasource: DATA_SOURCE,
  expr: 'ALERTS{alertstate="firing", severity="page"}',
  titleFormat: '{{alertname}}',
};

function grafanaPanel(panel: Panel, gridPos: GridPosition): object {
  const { title, description = '', kind = 'graph', unit, queries } = panel;
  return {
    type: { graph: 'timeseries', number: 'stat', table: 'table' }[kind],
    title,
    description,
    gridPos,
    datasource: DATA_SOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'graph' ? { range: true } : { instant: true, range: false }),
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
    fieldConfig: {
      defaults: { unit, min: unit === 'dateTimeFromNow' ? null : 0, ...colours(panel) },
      overrides: [],
    },
    options: options(kind),
  };
}

function colours({ badFrom, badBelow }: Panel): object {
  if (badFrom !== undefined)
    return thresholds([
      { color: 'green', value: null },
      { color: 'red', value: badFrom },
    ]);
  if (badBelow !== undefined)
    return thresholds([
      { color: 'red', value: null },
      { color: 'green', value: badBelow },
    ]);
  return { color: { mode: 'palette-classic' } };
}

function thresholds(steps: readonly { color: string; value: number | null }[]): object {
  return {
    color: { mode: 'thresholds' },
    thresholds: { mode: 'absolute', steps },
    custom: { thresholdsStyle: { mode: 'line' } },
  };
}

function options(kind: 'graph' | 'number' | 'table'): object {
  switch (kind) {
    case 'graph':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'number':
      return { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value' };
    case 'table':
      return { showHeader: true };
  }
}
