import type { DocumentedRoute } from './documented-route';

/** A route that needs no credential, as `GET /live`; it answers 200. */
export function openRoute(route: string, tag: string, summary: string): DocumentedRoute {
  const [method = '', path = ''] = route.split(' ');
  const success = { status: 200, description: summary };
  return { method, path, tag, summary, scopes: undefined, success, problems: [] };
}

/** What `ApiDocsModule` serves, under the tag `docs`. */
export function docsRoutes(): readonly DocumentedRoute[] {
  return [
    openRoute('GET /docs', 'docs', 'This page'),
    openRoute('GET /docs/openapi.json', 'docs', 'The same as an OpenAPI document'),
  ];
}
