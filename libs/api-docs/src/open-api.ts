import { PROBLEM_CONTENT_TYPE, PROBLEM_KINDS, type ProblemCode } from '@tidegate/schemas';
import type { DocumentedApi, DocumentedTag } from './documented-api';
import { pathParameters, type DocumentedRoute, type JsonSchema } from './documented-route';

/** As much of OpenAPI 3.1 as is used here. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: JsonSchema;
  readonly tags: readonly DocumentedTag[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

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

/** The error shape of routes that name no other. */
const PROBLEM = 'Problem';

/** The OpenAPI document of an api. */
export function openApiDocument(api: DocumentedApi): OpenApiDocument {
  const { title, version, description, tags, access, errorShapes = {} } = api;
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of api.routes)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, api);
  const shapes = Object.entries(errorShapes).map(([name, { schema }]) => [name, schema] as const);
  return {
    openapi: '3.1.0',
    info: { title, version, description },
    tags,
    paths,
    components: {
      securitySchemes: access.schemes,
      schemas: { [PROBLEM]: PROBLEM_SCHEMA, ...Object.fromEntries(shapes) },
    },
  };
}

function operation(route: DocumentedRoute, api: DocumentedApi): JsonSchema {
  const { method, path, tag, summary, scopes, success } = route;
  return {
    operationId: `${method.toLowerCase()}_${path.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`,
    tags: [tag],
    ...(summary !== undefined && { summary }),
    security:
      scopes === undefined ? [] : Object.keys(api.access.schemes).map((scheme) => ({ [scheme]: scopes })),
    parameters: parameters(route),
    ...requestBody(route),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema && { content: { 'application/json': { schema: success.schema } } }),
      },
      ...problemResponses(route, api),
    },
  };
}

function requestBody({ body: schema, otherBodyTypes = [] }: DocumentedRoute): JsonSchema {
  if (schema === undefined) return {};
  const others = otherBodyTypes.map((type) => [type, {}] as const);
  return { requestBody: { content: { 'application/json': { schema }, ...Object.fromEntries(others) } } };
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

function problemResponses(
  { problems, errorShape = PROBLEM }: DocumentedRoute,
  { errorShapes = {} }: DocumentedApi,
): Record<string, JsonSchema> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problems) {
    const { status } = PROBLEM_KINDS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const contentType = errorShapes[errorShape]?.contentType ?? PROBLEM_CONTENT_TYPE;
  const content = { [contentType]: { schema: { $ref: `#/components/schemas/${errorShape}` } } };
  return Object.fromEntries(
    Array.from(byStatus, ([status, found]) => [status, { description: found.join(', '), content }]),
  );
}
