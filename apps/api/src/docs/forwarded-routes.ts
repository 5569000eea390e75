import { type DocumentedRoute, inputSchema, type JsonSchema } from '@tidegate/api-docs';
import { feedbackSchema, predictionEventSchema, type ProblemCode } from '@tidegate/schemas';
import { INFERENCE_ROUTES } from '../policy/inference-policy';
import { LOGGING_ROUTES } from '../policy/logging-policy';
import { ARTIFACT_ROUTES, SERVER_ROUTES, TRACKING_ROUTES } from '../policy/mlflow-routes';
import type { RouteRows } from '../policy/route-table';
import { KEY_PROBLEMS } from './key-problems';

const FORWARD_PROBLEMS: readonly ProblemCode[] = [
  ...KEY_PROBLEMS,
  'REQUEST_INVALID',
  'MODEL_NOT_ALLOWED',
  'NOT_FOUND',
  'REQUEST_TIMEOUT',
  'UPSTREAM_REFUSED',
  'UPSTREAM_REFUSED_CREDENTIAL',
  'UPSTREAM_PROTOCOL',
  'UPSTREAM_UNRESOLVED',
  'UPSTREAM_BREAKER_OPEN',
  'STOPPING',
  'UPSTREAM_TIMEOUT',
];
const BODY_PROBLEMS: readonly ProblemCode[] = ['BODY_INVALID', 'BODY_TOO_LARGE'];

/** Bodies of our own apps, as far as they are one schema; by route. */
const BODIES: Readonly<Record<string, JsonSchema>> = {
  'POST predict': {
    type: 'object',
    properties: {
      id: { type: 'string' },
      model: {
        type: 'string',
        description: 'digits or digits@production; a key limited to models must name one',
      },
      instances: { type: 'array', minItems: 1 },
    },
    required: ['instances'],
    additionalProperties: false,
  },
  'POST log': inputSchema(predictionEventSchema),
  'POST feedback': inputSchema(feedbackSchema),
};

/** What the gateway forwards, from the very tables it decides by. */
export const FORWARDED_ROUTES: readonly DocumentedRoute[] = [
  ...documented('inference', '/api/inference/', INFERENCE_ROUTES),
  ...documented('logging', '/api/logging/', LOGGING_ROUTES),
  ...documented('mlflow', '/api/mlflow/', SERVER_ROUTES),
  ...documented('mlflow', '/api/mlflow/api/2.0/mlflow/', TRACKING_ROUTES),
  ...documented('mlflow', '/api/mlflow/api/2.0/mlflow-artifacts/', ARTIFACT_ROUTES),
];

function documented(tag: string, prefix: string, rows: RouteRows): DocumentedRoute[] {
  const problems = tag === 'mlflow' ? [...FORWARD_PROBLEMS, 'VALUE_REFUSED' as const] : FORWARD_PROBLEMS;
  return rows.flatMap(([scopes, routes]) =>
    routes.map((route) => {
      const [method = '', path = ''] = route.split(' ');
      const body = BODIES[route];
      return {
        ...{ method, path: prefix + path, tag, scopes },
        ...(tag !== 'mlflow' && body && { body }),
        success: { status: 200, description: 'The answer of the service, as it came' },
        problems: method === 'GET' ? problems : [...problems, ...BODY_PROBLEMS],
      };
    }),
  );
}
