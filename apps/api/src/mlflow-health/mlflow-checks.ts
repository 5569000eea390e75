import type { ProbeResult } from '@tidegate/health';
import type { MlflowClient, MlflowProbe, MlflowRequest } from '@tidegate/mlflow-client';

/** Results of one round of requests to MLflow; the names are those of the health body. */
export interface MlflowChecks {
  readonly connectivity: MlflowProbe;
  readonly experiments: MlflowProbe;
  readonly registry: MlflowProbe;
  readonly artifacts: MlflowProbe;
}

const ONE = { max_results: 1 };

/** The cheapest request of each kind that really reaches the part behind it. */
export const MLFLOW_REQUESTS = {
  connectivity: { method: 'GET', path: '/health' },
  experiments: { method: 'POST', path: '/api/2.0/mlflow/experiments/search', body: ONE },
  registry: { method: 'GET', path: '/api/2.0/mlflow/registered-models/search', query: { max_results: '1' } },
  artifacts: {
    method: 'GET',
    path: '/api/2.0/mlflow-artifacts/artifacts',
    query: { path: 'tidegate-health-check' },
  },
} as const satisfies Record<string, MlflowRequest>;

/**
 * Whether MLflow can be used: it answers, finds experiments (its database works) and its registry answers. A server
 * that does not serve artifacts is still healthy; that is shown on its own.
 */
export async function checkMlflow(
  client: MlflowClient,
  signal: AbortSignal,
): Promise<ProbeResult<MlflowChecks>> {
  const ask = (request: MlflowRequest): Promise<MlflowProbe> => client.probe({ ...request, signal });
  const [connectivity, experiments, registry, artifacts] = await Promise.all([
    ask(MLFLOW_REQUESTS.connectivity),
    ask(MLFLOW_REQUESTS.experiments),
    ask(MLFLOW_REQUESTS.registry),
    ask(MLFLOW_REQUESTS.artifacts),
  ]);
  const data = { connectivity, experiments, registry, artifacts };
  const failed = [connectivity, experiments, registry].find((probe) => !probe.ok);
  if (!failed) return { status: 'healthy', data };
  return { status: 'unhealthy', data, failure: { code: failed.error.code, cause: failed.error.message } };
}
