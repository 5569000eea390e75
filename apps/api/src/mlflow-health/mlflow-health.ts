import { systemClock } from '@tidegate/clock';
import { CachedProbe } from '@tidegate/health';
import { MlflowClient } from '@tidegate/mlflow-client';
import type { ApiConfig } from '../api.config';
import type { Upstream } from '../discovery/upstream';
import { checkMlflow, type MlflowChecks } from './mlflow-checks';
import { checkFamilies, type FamilyResults } from './mlflow-families';

const REQUEST_TIMEOUT_MS = 3_000;
const DEADLINE_MS = 4_000;

/** The shared probes of MLflow. */
export class MlflowHealth {
  /** Address of MLflow by name, as configured or discovered. */
  readonly server: string;
  readonly hostname: string;
  readonly checks: CachedProbe<MlflowChecks>;
  readonly families: CachedProbe<FamilyResults>;

  constructor(
    {
      mlflow,
      mlflowUsername,
      mlflowPassword,
    }: Pick<ApiConfig, 'mlflow' | 'mlflowUsername' | 'mlflowPassword'>,
    upstream: Upstream,
  ) {
    this.server = mlflow.displayUrl;
    this.hostname = mlflow.hostname;
    const client = new MlflowClient({
      baseUrl: mlflow.displayUrl,
      dispatcher: upstream.connections,
      timeoutMs: REQUEST_TIMEOUT_MS,
      ...(mlflowUsername !== undefined &&
        mlflowPassword !== undefined && {
          credentials: { kind: 'basic', username: mlflowUsername, password: mlflowPassword },
        }),
    });
    const options = { deadlineMs: DEADLINE_MS, freshMs: 1_000 };
    this.checks = new CachedProbe('mlflow', (signal) => checkMlflow(client, signal), systemClock, options);
    this.families = new CachedProbe(
      'mlflow endpoints',
      (signal) => checkFamilies(client, signal),
      systemClock,
      options,
    );
  }
}
