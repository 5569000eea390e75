import { PROBLEM_CONTENT_TYPE, PROBLEM_KINDS, type ProblemCode } from '@tidegate/schemas';
import { pathParameters, type DocumentedRoute, type JsonSchema } from './documented-route';

/** As much of OpenAPI 3.1 as is used here. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: JsonSchema;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/** In the order of the page. */
export const TAGS: readonly { readonly name: string; readonly description: string }[] = [
  {
    name: 'inference',
    description: 'Predictions of the models in production. Routes the service does not have yet answer 404.',
  },
  {
    name: 'logging',
    description:
      'The prediction log: what was predicted, and how it went. Routes the service does not have yet answer 404.',
  },
  {
    name: 'mlflow',
    description:
      'The tracking server and its registry, for MLflow clients: set MLFLOW_TRACKING_URI to …/api/mlflow. The same routes ' +
      'work below api/3.0 and ajax-api/2.0; paths below api/2.0/mlflow/ also without that prefix. Others do not exist here.',
  },
  { name: 'keys', description: 'API keys, for keys that hold keys:admin.' },
  { name: 'health', description: 'For load balancers, monitors and people.' },
  { name: 'docs', description: 'What you are reading.' },
];

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'What MLflow clients send for MLFLOW_TRACKING_TOKEN.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'The key as password, any user name.' },
  header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(PROBLEM_KINDS) },
    remedy: { type: 'string' },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
};

/** The OpenAPI document of these routes. */
export function openApiDocument(routes: readonly DocumentedRoute[], version: string): OpenApiDocument {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidegate',
      version,
      description: 'API keys in front of MLflow, inference and the prediction log.',
    },
    tags: TAGS,
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: { Problem: PROBLEM_SCHEMA } },
  };
}

function operation(route: DocumentedRoute): JsonSchema {
  const { method, path, tag, summary, scopes, body, success } = route;
  return {
    operationId: `${method.toLowerCase()}_${path.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`,
    tags: [tag],
    ...(summary !== undefined && { summary }),
    security:
      scopes === undefined ? [] : Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: scopes })),
    parameters: parameters(route),
    ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema && { content: { 'application/json': { schema: success.schema } } }),
      },
      ...problemResponses(route.problems),
    },
  };
}

function parameters({ path, query = {} }: DocumentedRoute): JsonSchema[] {
  return [
    ...pathParameters(path).map((name) => ({
      ...{ name, in: 'path', required: true },
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
  ];
}

function problemResponses(codes: readonly ProblemCode[]): Record<string, JsonSchema> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEM_KINDS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    Array.from(byStatus, ([status, found]) => [status, { description: found.join(', '), content }]),
  );
}
