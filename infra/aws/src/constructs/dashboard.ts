import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';

/** A metric as dashboards write it: namespace, name, then name and value of each dimension. */
export type Series = readonly string[];

export interface MetricGraph {
  readonly title: string;
  readonly series: readonly Series[];
  /** @default Sum */
  readonly stat?: string;
}

/** Numbers that stand in lines of a log without being metrics: each of those is billed, a look at the log is almost free. */
export interface LogGraph {
  readonly title: string;
  readonly logGroupName: string;
  /** Names of the numbers, in lines of JSON. */
  readonly fields: readonly string[];
  readonly aggregate: 'sum' | 'max' | 'min';
}

export type Graph = MetricGraph | LogGraph;

/** A station on the way of a request: a headline and its graphs below. */
export interface Station {
  /** Markdown */
  readonly headline: string;
  readonly graphs: readonly Graph[];
}

export interface DashboardProps {
  readonly name: string;
  readonly region: string;
  /** What is shown first: are they all green? */
  readonly alarmArns: readonly string[];
  /** From the outside in, as a request flows. */
  readonly stations: readonly Station[];
}

const WIDTH = 24;
const HEADLINE_HEIGHT = 1;
const GRAPH_HEIGHT = 6;
const ALARMS_HEIGHT = 4;
/** More would be too narrow to read. */
const MOST_IN_A_ROW = 4;
const PERIOD_SECONDS = 60;

/** A CloudWatch dashboard that reads top to bottom as a request flows. */
export class Dashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const alarms = {
      type: 'alarm',
      x: 0,
      y: 0,
      width: WIDTH,
      height: ALARMS_HEIGHT,
      properties: { title: 'Alarms', alarms: props.alarmArns },
    };
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({
        widgets: [alarms, ...stationWidgets(props.stations, props.region)],
      }),
    });
    this.url = `https://${props.region}.console.aws.amazon.com/cloudwatch/home?region=${props.region}#dashboards:name=${props.name}`;
  }
}

function stationWidgets(stations: readonly Station[], region: string): object[] {
  let y = ALARMS_HEIGHT;
  const below = (height: number): number => (y += height) - height;
  return stations.flatMap(({ headline, graphs }) => [
    {
      ...{ type: 'text', x: 0, y: below(HEADLINE_HEIGHT), width: WIDTH, height: HEADLINE_HEIGHT },
      properties: { markdown: headline },
    },
    ...rowsOf(graphs).flatMap((row) => rowWidgets(row, below(GRAPH_HEIGHT), region)),
  ]);
}

/** As few rows as can be, about equally long. */
function rowsOf(graphs: readonly Graph[]): readonly (readonly Graph[])[] {
  const rows = Math.ceil(graphs.length / MOST_IN_A_ROW);
  const length = Math.ceil(graphs.length / rows);
  return Array.from({ length: rows }, (_, row) => graphs.slice(row * length, (row + 1) * length));
}

function rowWidgets(graphs: readonly Graph[], y: number, region: string): object[] {
  const width = Math.floor(WIDTH / graphs.length);
  return graphs.map((graph, column) => {
    const { type, ...content } = contentOf(graph);
    return {
      ...{ type, x: column * width, y, width, height: GRAPH_HEIGHT },
      properties: { title: graph.title, region, view: 'timeSeries', ...content },
    };
  });
}

function contentOf(graph: Graph): { readonly type: 'metric' | 'log'; readonly [property: string]: unknown } {
  if ('series' in graph)
    return {
      type: 'metric',
      period: PERIOD_SECONDS,
      stat: graph.stat ?? 'Sum',
      metrics: graph.series,
    };
  const { logGroupName, fields, aggregate } = graph;
  const query = [
    `SOURCE '${logGroupName}'`,
    `filter ${fields.map((field) => `ispresent(${field})`).join(' or ')}`,
    `stats ${fields.map((field) => `${aggregate}(${field})`).join(', ')} by bin(${PERIOD_SECONDS}s)`,
  ];
  return { type: 'log', stacked: false, query: query.join(' | ') };
}
