import type { LocalStack } from '../local-stack/read-stack';
import { answerCheck, expectField } from './answer-check';
import type { Check } from './check';

const remedy = 'See .tidegate/logs, and whether "npm start" still runs.';

/** What only this machine reaches: each service's own probes. */
export function localChecks({ services: { inference, logging, mlflow } }: LocalStack): Check[] {
  return [
    ...(inference === undefined ? [] : probes('inference', inference.url, 'mlflow_accessible')),
    ...(logging === undefined ? [] : probes('logging', logging.url, 'db_initialized')),
    ...(mlflow === undefined
      ? []
      : [
          answerCheck({
            ...{ part: 'MLflow', expected: 'it answers GET /health itself', remedy },
            question: { url: `${mlflow.url}/health` },
          }),
        ]),
  ];
}

/** @param reaches the field of its `/health` that says whether it reaches what it needs */
function probes(part: string, url: string, reaches: string): Check[] {
  const probe = (path: string, field: string, value: string | boolean): Check =>
    answerCheck({
      ...{ part, expected: `its own GET ${path} has ${field} ${JSON.stringify(value)}`, remedy },
      question: { url: `${url}${path}` },
      judge: (answer) => expectField(answer, value, field),
    });
  return [
    probe('/live', 'status', 'alive'),
    probe('/ready', 'status', 'ready'),
    probe('/health', 'status', 'healthy'),
    probe('/health', reaches, true),
  ];
}
