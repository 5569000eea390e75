import type { ProblemCode } from '@tidegate/schemas';

/** A JSON schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A route as the documentation shows it, wherever it comes from. */
export interface DocumentedRoute {
  /** Upper case, as `GET`. */
  readonly method: string;
  /** From the root of the service, parameters as `{name}`. */
  readonly path: string;
  /** One of the tags of the api. */
  readonly tag: string;
  readonly summary?: string;
  /** What a credential needs; empty: any valid one; undefined: none is needed. */
  readonly scopes: readonly string[] | undefined;
  /** Names of query parameters → schema. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Of a JSON body. */
  readonly body?: JsonSchema;
  /** Media types a body may have beside JSON. @default none */
  readonly otherBodyTypes?: readonly string[];
  readonly success: { readonly status: number; readonly description: string; readonly schema?: JsonSchema };
  readonly problems: readonly ProblemCode[];
  /** Name of the error shape of the api in which problems are answered. @default problem+json */
  readonly errorShape?: string;
}

/** Names of the parameters in a path, in their order. */
export function pathParameters(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
}
