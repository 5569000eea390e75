import { answerCheck, expectField } from './answer-check';
import type { ApiUnderCheck } from './api-checks';
import type { Check } from './check';
import { fieldOf } from './http-answer';

const MLFLOW_REMEDY = 'See whether MLflow runs, and its database and artifact store; then the log of MLflow.';

/** MLflow as the api sees it. */
export function mlflowHealthChecks({ url, key }: ApiUnderCheck): Check[] {
  const health = `${url}/api/health/mlflow`;
  const part = 'MLflow';
  return [
    answerCheck({
      ...{ part, expected: 'its name is found and it answers (GET /api/health/mlflow/connectivity)' },
      remedy: 'The answer names the step that fails: dns, tcp or http.',
      question: { url: `${health}/connectivity` },
      judge: (answer) => expectField(answer, 'connected', 'status'),
    }),
    answerCheck({
      ...{
        part,
        expected: 'experiments and artifacts can be used (GET /api/health/mlflow)',
        remedy: MLFLOW_REMEDY,
      },
      question: { url: health },
      judge: (answer) =>
        expectField(answer, 'healthy', 'checks', 'experiments_api', 'status') ??
        expectField(answer, 'enabled', 'checks', 'artifacts_api', 'status'),
    }),
    answerCheck({
      ...{
        part,
        expected: 'every family of its API works (GET /api/health/mlflow/detailed)',
        remedy: MLFLOW_REMEDY,
      },
      question: { url: `${health}/detailed`, key },
      judge: (answer) => expectField(answer, 'healthy', 'status'),
    }),
    answerCheck({
      ...{ part: 'DNS', expected: 'the address of MLflow is no stale or emergency one' },
      remedy: 'See whether the name server answers: "diagnose", or the metrics of the resolver.',
      question: { url: `${health}/detailed`, key },
      judge: (answer) =>
        fieldOf(answer.body, 'dns', 'fallback', 'in_use') === true
          ? 'the emergency address (MLFLOW_FALLBACK_IP) is in use'
          : fieldOf(answer.body, 'dns', 'cache_state') === 'stale'
            ? `the last good answer is used: ${String(fieldOf(answer.body, 'dns', 'last_error'))}`
            : undefined,
    }),
  ];
}

/** MLflow as callers reach it. */
export function gatewayChecks({ url, key }: ApiUnderCheck): Check[] {
  const rest = `${url}/api/mlflow/api/2.0/mlflow`;
  return [
    answerCheck({
      ...{
        part: 'gateway',
        expected: 'a call without a key is refused: 401, "API key required"',
        status: 401,
      },
      remedy: 'Stop the api: what stands behind it is open to anybody.',
      question: { url: `${rest}/experiments/search?max_results=1` },
      judge: ({ text }) =>
        text.includes('API key required') ? undefined : `it does not say so: ${text.slice(0, 200)}`,
    }),
    answerCheck({
      ...{ part: 'gateway', expected: 'experiments can be searched with the key', remedy: MLFLOW_REMEDY },
      question: { url: `${rest}/experiments/search?max_results=1`, key },
      judge: (answer) => expectList(answer.body, 'experiments'),
    }),
    answerCheck({
      ...{
        part: 'gateway',
        expected: 'the model registry can be searched with the key',
        remedy: MLFLOW_REMEDY,
      },
      question: { url: `${rest}/registered-models/search?max_results=1`, key },
      // MLflow leaves an empty list out.
      judge: ({ body }) => (typeof body === 'object' ? undefined : 'the answer is no JSON'),
    }),
  ];
}

function expectList(body: unknown, name: string): string | undefined {
  return Array.isArray(fieldOf(body, name)) ? undefined : `the answer has no list "${name}"`;
}
