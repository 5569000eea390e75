import type { ProblemCode } from '@tidegate/schemas';
import { docsRoutes, openRoute } from './common-routes';
import type { DocumentedApi } from './documented-api';
import type { DocumentedRoute } from './documented-route';

/**
 * What the documentation of a service behind the gateway says of its callers. `urlVariable`: where the service is, in the
 * examples, as `$LOGGING_URL`.
 */
export function internalService(urlVariable: string): Pick<DocumentedApi, 'introduction' | 'access'> {
  return {
    introduction:
      'With INTERNAL_TOKEN set, all but the probes and the metrics want it as <code>X-Tidegate-Internal-Token</code>: callers ' +
      'from outside come through the gateway, with an API key.',
    access: {
      schemes: {
        internalToken: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Tidegate-Internal-Token',
          description: 'What the services share; only wanted when INTERNAL_TOKEN is set.',
        },
      },
      badges: { none: 'open', any: 'internal token' },
      curl: { url: urlVariable, header: 'X-Tidegate-Internal-Token: $INTERNAL_TOKEN' },
    },
  };
}

/** A route that wants the token the services share; it answers 200. `problems`: all of them. */
export function internalRoute(
  route: string,
  tag: string,
  summary: string,
  problems: readonly ProblemCode[] = ['INTERNAL_TOKEN_REQUIRED'],
): DocumentedRoute {
  return { ...openRoute(route, tag, summary), scopes: [], problems };
}

/** The routes of the documentation, which want the token as well. */
export function internalDocsRoutes(): readonly DocumentedRoute[] {
  return docsRoutes().map((route) => ({ ...route, scopes: [], problems: ['INTERNAL_TOKEN_REQUIRED'] }));
}
