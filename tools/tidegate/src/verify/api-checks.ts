import { answerCheck, expectField } from './answer-check';
import type { Check } from './check';
import { fieldOf } from './http-answer';

export interface ApiUnderCheck {
  /** Without a slash at its end. */
  readonly url: string;
  /** Undefined: nobody gave one. */
  readonly key: string | undefined;
}

const SEE_DIAGNOSE = 'Look at its log: "tidegate logs", or .tidegate/logs of the local stack.';

/** The parts the api says something about at `/health`. */
const DEPENDENCIES = [
  {
    ...{ part: 'MLflow', name: 'mlflow' },
    remedy:
      'See whether MLflow runs and reaches its database; /api/health/mlflow/detailed names the family that fails.',
  },
  {
    ...{ part: 'PostgreSQL', name: 'postgres' },
    remedy:
      'See whether the database of the keys runs and takes connections; known keys work 5 minutes without it.',
  },
  {
    ...{ part: 'Redis', name: 'redis' },
    remedy: 'See whether Redis runs. Until then limits are counted in each process alone.',
  },
];

/** What the api must say of itself and of what it needs. */
export function healthChecks({ url }: ApiUnderCheck): Check[] {
  const api = (path: string, field: string, value: string): Check =>
    answerCheck({
      ...{ part: 'api', expected: `GET ${path} says "${value}"`, remedy: SEE_DIAGNOSE },
      question: { url: `${url}${path}` },
      judge: (answer) => expectField(answer, value, field),
    });
  return [
    api('/live', 'status', 'alive'),
    api('/ready', 'status', 'ready'),
    ...DEPENDENCIES.map(({ part, name, remedy }) =>
      answerCheck({
        ...{ part, expected: `the api can use it (${name} in GET /health)`, remedy },
        question: { url: `${url}/health` },
        // Only Redis can be left out.
        judge: (answer) =>
          name === 'redis' && fieldOf(answer.body, 'services', name) === 'disabled'
            ? undefined
            : expectField(answer, 'healthy', 'services', name),
      }),
    ),
  ];
}

/** Inference and the log, as callers reach them. */
export function serviceChecks({ url, key }: ApiUnderCheck): Check[] {
  return [
    answerCheck({
      ...{ part: 'inference', expected: 'every model is served (GET /api/inference/models)' },
      remedy: 'The failure names its remedy; see also the aliases in the registry.',
      question: { url: `${url}/api/inference/models`, key },
      judge: ({ body }) => modelProblems(body),
    }),
    answerCheck({
      ...{
        part: 'inference',
        expected: 'it is ready (GET /api/inference/v2/health/ready)',
        remedy: SEE_DIAGNOSE,
      },
      question: { url: `${url}/api/inference/v2/health/ready`, key },
    }),
    answerCheck({
      ...{ part: 'logging', expected: 'statistics can be read (GET /api/logging/stats)' },
      remedy: 'See whether the log runs and reaches its database.',
      question: { url: `${url}/api/logging/stats`, key },
      judge: ({ body }) => (fieldOf(body, 'totals') === undefined ? 'the answer has no totals' : undefined),
    }),
  ];
}

function modelProblems(body: unknown): string | undefined {
  const models = fieldOf(body, 'models');
  if (!Array.isArray(models)) return 'the answer has no list "models"';
  const problems = (models as unknown[]).flatMap((model) => {
    const failure = fieldOf(model, 'failure', 'code');
    const isServed = fieldOf(model, 'version') !== undefined;
    if (isServed && failure === undefined) return [];
    const why = typeof failure === 'string' ? failure : 'not loaded yet';
    return [`${String(fieldOf(model, 'model'))}: ${why}`];
  });
  return problems.length === 0 ? undefined : problems.join('; ');
}
