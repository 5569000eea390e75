import type { DocumentedRoute, JsonSchema } from './documented-route';

/** A group of routes. */
export interface DocumentedTag {
  readonly name: string;
  readonly description: string;
}

/** How a caller shows who it is. */
export interface DocumentedAccess {
  /** OpenAPI's security schemes by their names; any of them is enough. */
  readonly schemes: Readonly<Record<string, JsonSchema>>;
  /** What the page says of a route that needs no credential, and of one that takes any valid one. */
  readonly badges: { readonly none: string; readonly any: string };
  /** In the examples: where the service is, and the header with the credential. */
  readonly curl: { readonly url: string; readonly header: string };
}

/** Errors that are not problem+json, for callers of a protocol others made. */
export interface ErrorShape {
  readonly contentType: string;
  readonly schema: JsonSchema;
}

/** All that a service says about itself under `/docs`. */
export interface DocumentedApi {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Paragraph at the top of the page: HTML, as it is. */
  readonly introduction: string;
  /** In the order of the page. */
  readonly tags: readonly DocumentedTag[];
  readonly routes: readonly DocumentedRoute[];
  readonly access: DocumentedAccess;
  /** By the names routes call them. @default none but problem+json */
  readonly errorShapes?: Readonly<Record<string, ErrorShape>>;
}
