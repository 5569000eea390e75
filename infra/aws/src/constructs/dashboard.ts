import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';

/** A metric as dashboards write it: namespace, name, then name and value of each dimension. */
export type Series = readonly string[];

export interface Graph {
  readonly title: string;
  readonly series: readonly Series[];
  /** @default Sum */
  readonly stat?: string;
}

/** A station on the way of a request: a headline and its graphs side by side. */
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
        widgets: [
          alarms,
          ...props.stations.flatMap((station, index) => widgets(station, index, props.region)),
        ],
      }),
    });
    this.url = `https://${props.region}.console.aws.amazon.com/cloudwatch/home?region=${props.region}#dashboards:name=${props.name}`;
  }
}

function widgets({ headline, graphs }: Station, index: number, region: string): object[] {
  const y = ALARMS_HEIGHT + index * (HEADLINE_HEIGHT + GRAPH_HEIGHT);
  const width = Math.floor(WIDTH / graphs.length);
  return [
    { type: 'text', x: 0, y, width: WIDTH, height: HEADLINE_HEIGHT, properties: { markdown: headline } },
    ...graphs.map(({ title, series, stat }, column) => ({
      type: 'metric',
      x: column * width,
      y: y + HEADLINE_HEIGHT,
      width,
      height: GRAPH_HEIGHT,
      properties: {
        title,
        region,
        view: 'timeSeries',
        period: PERIOD_SECONDS,
        stat: stat ?? 'Sum',
        metrics: series,
      },
    })),
  ];
}
