import type { ProbeResult } from '@tidegate/health';
import type { MlflowClient, MlflowError, MlflowProbe, MlflowRequest } from '@tidegate/mlflow-client';
import { MLFLOW_REQUESTS } from './mlflow-checks';
import { rounded } from './mlflow-health.bodies';

/** `not_tested`: there is nothing on the server the request could ask for. */
export interface FamilyResult {
  readonly status: 'healthy' | 'unhealthy' | 'not_tested';
  readonly response_code?: number;
  readonly response_time_ms?: number;
  readonly message: string;
}

export type FamilyResults = Readonly<
  Record<'models' | 'experiments' | 'runs' | 'metrics' | 'artifacts', FamilyResult>
>;

interface FoundRun {
  readonly runId: string;
  readonly metricKey: string | undefined;
}

/**
 * Tries each family of MLflow endpoints with parameters that are valid on this server (an existing experiment, an
 * existing run), so that every answer but 2xx is a failure.
 */
export async function checkFamilies(
  client: MlflowClient,
  signal: AbortSignal,
): Promise<ProbeResult<FamilyResults>> {
  const ask = async (request: MlflowRequest): Promise<FamilyResult> =>
    toResult(await client.probe({ ...request, signal }));
  const [models, experiments, runs, artifacts, metrics] = await Promise.all([
    ask(MLFLOW_REQUESTS.registry),
    ask(MLFLOW_REQUESTS.experiments),
    ask(searchRuns(['0'])),
    ask(MLFLOW_REQUESTS.artifacts),
    checkMetrics(client, signal, ask),
  ]);
  const data = { models, experiments, runs, metrics, artifacts };
  const failed = Object.entries(data).filter(([, { status }]) => status === 'unhealthy');
  if (failed.length === 0) return { status: 'healthy', data };
  const names = failed.map(([name]) => name).join(', ');
  return {
    status: 'unhealthy',
    data,
    failure: { code: 'MLFLOW_ENDPOINTS_FAILED', cause: `failed: ${names}` },
  };
}

async function checkMetrics(
  client: MlflowClient,
  signal: AbortSignal,
  ask: (request: MlflowRequest) => Promise<FamilyResult>,
): Promise<FamilyResult> {
  try {
    const run = await findRunWithMetric(client, signal);
    if (run?.metricKey === undefined)
      return { status: 'not_tested', message: 'No run with a metric exists yet' };
    return await ask({
      method: 'GET',
      path: '/api/2.0/mlflow/metrics/get-history',
      query: { run_id: run.runId, metric_key: run.metricKey, max_results: '1' },
    });
  } catch (error) {
    return failed(error as MlflowError, undefined);
  }
}

async function findRunWithMetric(client: MlflowClient, signal: AbortSignal): Promise<FoundRun | undefined> {
  const { items } = await client.searchExperiments({ maxResults: 100, signal });
  if (items.length === 0) return undefined;
  const runs = await client.searchRuns({ experimentIds: items.map(({ id }) => id), maxResults: 20, signal });
  return runs.items
    .map(({ id, metricKeys }) => ({ runId: id, metricKey: metricKeys[0] }))
    .find(({ metricKey }) => metricKey);
}

function searchRuns(experimentIds: readonly string[]): MlflowRequest {
  return {
    method: 'POST',
    path: '/api/2.0/mlflow/runs/search',
    body: { experiment_ids: experimentIds, max_results: 1 },
  };
}

function toResult(probe: MlflowProbe): FamilyResult {
  if (!probe.ok) return failed(probe.error, probe.responseTimeMs);
  return {
    status: 'healthy',
    response_code: probe.status,
    response_time_ms: rounded(probe.responseTimeMs),
    message: 'ok',
  };
}

function failed(error: MlflowError, responseTimeMs: number | undefined): FamilyResult {
  return {
    status: 'unhealthy',
    ...(error.httpStatus !== undefined && { response_code: error.httpStatus }),
    ...(responseTimeMs !== undefined && { response_time_ms: rounded(responseTimeMs) }),
    message: error.message,
  };
}
