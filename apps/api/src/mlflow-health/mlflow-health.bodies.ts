import type { NameState } from '@tidegate/dns';
import type { ProbeReport } from '@tidegate/health';
import type { MlflowProbe } from '@tidegate/mlflow-client';
import type { MlflowChecks } from './mlflow-checks';

type CheckStatus = 'healthy' | 'unhealthy' | 'enabled' | 'disabled';

export interface Check {
  readonly status: CheckStatus;
  readonly message: string;
}

/** Body of `GET /api/health/mlflow`. */
export interface MlflowHealthBody {
  readonly mlflow_server: string;
  readonly checks: {
    readonly connectivity: Check;
    readonly experiments_api: Check;
    readonly artifacts_api: Check;
  };
  readonly status: 'healthy' | 'unhealthy';
}

/** Body of `GET /api/health/mlflow/connectivity`. */
export type ConnectivityBody =
  | {
      readonly status: 'connected';
      readonly mlflow_server: string;
      readonly response_code: number;
      readonly response_time_ms: number;
    }
  | {
      readonly status: 'disconnected';
      readonly mlflow_server: string;
      /** Where it failed: dns, tcp, tls, http or timeout. */
      readonly failed_step: string;
      readonly code: string;
      readonly message: string;
      readonly response_code?: number;
      readonly response_time_ms: number;
    };

export function mlflowHealthBody(
  server: string,
  { status, data, failure }: ProbeReport<MlflowChecks>,
): MlflowHealthBody {
  const unknown: Check = { status: 'unhealthy', message: publicMessage(failure?.code ?? 'PROBE_FAILED') };
  return {
    mlflow_server: server,
    checks: {
      connectivity: data ? check(data.connectivity, 'MLflow answers') : unknown,
      experiments_api: data ? check(data.experiments, 'Experiments can be searched') : unknown,
      artifacts_api: data ? artifactsCheck(data.artifacts) : unknown,
    },
    status,
  };
}

export function connectivityBody(server: string, report: ProbeReport<MlflowChecks>): ConnectivityBody {
  const probe = report.data?.connectivity;
  if (probe?.ok) {
    return {
      status: 'connected',
      mlflow_server: server,
      response_code: probe.status,
      response_time_ms: rounded(probe.responseTimeMs),
    };
  }
  const code = probe?.error.code ?? report.failure?.code ?? 'PROBE_FAILED';
  return {
    status: 'disconnected',
    mlflow_server: server,
    failed_step: probe ? (probe.error.step ?? 'http') : 'timeout',
    code,
    message: publicMessage(code),
    ...(probe?.error.httpStatus !== undefined && { response_code: probe.error.httpStatus }),
    response_time_ms: rounded(probe?.responseTimeMs ?? report.responseTimeMs),
  };
}

/** What the detailed body says of name resolution. */
export function dnsBody(state: NameState): Record<string, unknown> {
  return {
    hostname: state.hostname,
    cache_state: state.cache,
    addresses: state.addresses,
    last_good_answer_age_seconds: state.lastGoodAgeSeconds ?? null,
    last_error: state.lastErrorCode ?? null,
    fallback: state.fallback
      ? {
          address: state.fallback.address,
          in_use: state.fallback.isActive,
          matches: state.fallback.matches ?? null,
        }
      : null,
  };
}

function check(probe: MlflowProbe, message: string): Check {
  return probe.ok
    ? { status: 'healthy', message }
    : { status: 'unhealthy', message: publicMessage(probe.error.code) };
}

/** MLflow without `--serve-artifacts` answers 503 on its artifact routes. */
function artifactsCheck(probe: MlflowProbe): Check {
  if (probe.ok) return { status: 'enabled', message: 'Artifacts are served by MLflow' };
  if (probe.error.httpStatus === 503)
    return { status: 'disabled', message: 'MLflow runs without --serve-artifacts' };
  return { status: 'unhealthy', message: publicMessage(probe.error.code) };
}

/** These routes need no key, so the code is all they tell; causes are in the log and in the detailed body. */
function publicMessage(code: string): string {
  return `MLflow cannot be used (${code}); causes are in the log of the api and at /api/health/mlflow/detailed`;
}

export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
