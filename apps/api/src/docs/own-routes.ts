import {
  docsRoutes,
  type DocumentedRoute,
  inputSchema,
  type JsonSchema,
  openRoute,
  outputSchema,
} from '@tidegate/api-docs';
import type { ProblemCode } from '@tidegate/schemas';
import {
  apiKeyPageSchema,
  apiKeySchema,
  createKeySchema,
  listKeysSchema,
  newApiKeySchema,
  rotateKeySchema,
} from '@tidegate/schemas';
import { KEY_PROBLEMS } from './key-problems';

/** Routes the api answers itself. */
export const OWN_ROUTES: readonly DocumentedRoute[] = [
  openRoute('GET /live', 'health', 'The process runs; nothing else is looked at'),
  openRoute('GET /ready', 'health', 'Requests may come; 503 with the reason at start and while stopping'),
  {
    ...openRoute('GET /health', 'health', 'All dependencies; a lost one is degraded with 200'),
    query: { detailed: { type: 'string', enum: ['true', 'false'] } },
  },
  openRoute('GET /metrics', 'health', 'Prometheus metrics; not for the load balancer'),
  openRoute('GET /api/health/mlflow', 'health', 'Whether MLflow can be used; 503 when not'),
  openRoute('GET /api/health/mlflow/connectivity', 'health', 'Whether MLflow answers, and where it fails'),
  {
    ...openRoute('GET /api/health/mlflow/detailed', 'health', 'Each endpoint family of MLflow, tried'),
    scopes: ['ops:read'],
    problems: KEY_PROBLEMS,
  },
  ...docsRoutes(),
  keys('POST /api/keys', 'Makes a key; the only time it is shown', 201, outputSchema(newApiKeySchema), {
    body: inputSchema(createKeySchema),
    problems: ['BODY_INVALID', 'GRANT_REFUSED', 'BOOTSTRAP_KEY_LIMITED'],
  }),
  keys('GET /api/keys', 'Lists keys, the newest first', 200, outputSchema(apiKeyPageSchema), {
    query: propertiesOf(inputSchema(listKeysSchema)),
    problems: ['REQUEST_INVALID', 'BOOTSTRAP_KEY_LIMITED'],
  }),
  keys('GET /api/keys/{id}', 'Shows one key', 200, outputSchema(apiKeySchema), {
    problems: ['KEY_NOT_FOUND', 'BOOTSTRAP_KEY_LIMITED'],
  }),
  keys(
    'POST /api/keys/{id}/rotate',
    'Makes a successor; both are valid for the overlap',
    201,
    outputSchema(newApiKeySchema),
    {
      body: inputSchema(rotateKeySchema),
      problems: [
        'BODY_INVALID',
        'KEY_NOT_FOUND',
        'KEY_NOT_ROTATABLE',
        'GRANT_REFUSED',
        'BOOTSTRAP_KEY_LIMITED',
      ],
    },
  ),
  keys('DELETE /api/keys/{id}', 'Ends a key at once', 200, outputSchema(apiKeySchema), {
    problems: ['KEY_NOT_FOUND', 'BOOTSTRAP_KEY_LIMITED'],
  }),
];

interface KeysRoute {
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly body?: JsonSchema;
  readonly problems: readonly ProblemCode[];
}

function keys(
  route: string,
  summary: string,
  status: number,
  schema: JsonSchema,
  { problems, ...rest }: KeysRoute,
): DocumentedRoute {
  return {
    ...openRoute(route, 'keys', summary),
    ...rest,
    scopes: ['keys:admin'],
    success: { status, description: summary, schema },
    problems: [...KEY_PROBLEMS, ...problems],
  };
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return schema['properties'] as Readonly<Record<string, JsonSchema>>;
}
