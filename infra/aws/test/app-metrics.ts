import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';

interface Listed {
  readonly name: string;
  readonly isOnlyInLog?: boolean;
}

export interface AppMetrics {
  /** Metrics in CloudWatch, which are billed. */
  readonly billed: readonly string[];
  /** Numbers that stand in the metric lines of the log alone. */
  readonly inLog: readonly string[];
}

/** What each app tells CloudWatch. The lists are loaded as data by their path: infrastructure does not depend on apps. */
export async function appMetrics(): Promise<Readonly<Record<string, AppMetrics>>> {
  const api = await load<{ apiCloudWatchMetrics: (hostname: string) => readonly Listed[] }>('api');
  const inference = await load<{ inferenceCloudWatchMetrics: readonly Listed[] }>('inference');
  const logging = await load<{ loggingCloudWatchMetrics: readonly Listed[] }>('logging');
  return {
    api: sorted(api.apiCloudWatchMetrics('mlflow')),
    inference: sorted(inference.inferenceCloudWatchMetrics),
    logging: sorted(logging.loggingCloudWatchMetrics),
  };
}

async function load<Exports>(app: string): Promise<Exports> {
  return (await import(path.join(workspaceRoot, 'apps', app, 'src', 'cloudwatch-metrics.ts'))) as Exports;
}

function sorted(metrics: readonly Listed[]): AppMetrics {
  const names = (isOnlyInLog: boolean): string[] =>
    metrics.filter((metric) => (metric.isOnlyInLog ?? false) === isOnlyInLog).map(({ name }) => name);
  return { billed: names(false), inLog: names(true) };
}
