import type { Scope } from '@tidegate/api-keys';
import type { ProblemCode } from '@tidegate/schemas';

/** A JSON schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A route as the documentation shows it, wherever it comes from. */
export interface DocumentedRoute {
  /** Upper case, as `GET`. */
  readonly method: string;
  /** From the root of the api, parameters as `{name}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary?: string;
  /** What a key needs; empty: any valid key; undefined: no key. */
  readonly scopes: readonly Scope[] | undefined;
  /** Names of query parameters → schema. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly body?: JsonSchema;
  readonly success: { readonly status: number; readonly description: string; readonly schema?: JsonSchema };
  readonly problems: readonly ProblemCode[];
}

/** Names of the parameters in a path, in their order. */
export function pathParameters(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
}

/** What every route that wants a key can answer. */
export const KEY_PROBLEMS: readonly ProblemCode[] = [
  'API_KEY_REQUIRED',
  'API_KEY_INVALID',
  'SCOPE_MISSING',
  'RATE_LIMITED',
  'AUTH_FAILURES_LIMITED',
  'KEY_STORE_UNAVAILABLE',
];
