import { z } from 'zod';
import type { JsonSchema } from './documented-route';

/** What a caller may send. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return inOpenApi(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** What a caller gets. */
export function outputSchema(schema: z.ZodType): JsonSchema {
  return inOpenApi(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
}

/**
 * A reference would lead to the root of the OpenAPI document, where the definitions are not. The only recursive schema
 * here is "any JSON", for which an empty schema says the same.
 */
function inOpenApi(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$schema' || key === '$defs') return undefined;
    return typeof value === 'object' && value !== null && '$ref' in value ? {} : value;
  }) as JsonSchema;
}
