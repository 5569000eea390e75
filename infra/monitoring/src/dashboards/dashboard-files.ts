import path from 'node:path';
import { dashboards } from './all-dashboards';
import { grafanaDashboard } from './dashboard';

export const dashboardsFolder = path.resolve(__dirname, '../../grafana/dashboards');

export interface DashboardFile {
  readonly name: string;
  readonly content: string;
}

/** What Grafana's provisioning reads, one file a dashboard. */
export function dashboardFiles(): DashboardFile[] {
  return dashboards.map((dashboard) => ({
    name: `${dashboard.uid}.json`,
    content: `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`,
  }));
}
