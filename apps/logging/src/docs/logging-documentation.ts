import type { DocumentedApi } from '@tidegate/api-docs';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { LOGGING_ROUTES } from './logging-routes';

/** What the app says about itself under `/docs`. */
export const LOGGING_DOCUMENTATION: DocumentedApi = {
  title: 'Tidegate prediction log',
  version: TIDEGATE_VERSION,
  description: 'Keeps every prediction once, and answers questions about them.',
  introduction:
    'With INTERNAL_TOKEN set, all but the probes and the metrics want it as <code>X-Tidegate-Internal-Token</code>: callers ' +
    'from outside come through the gateway, with an API key.',
  tags: [
    { name: 'events', description: 'What happened. Sending anything again is safe: it is counted once.' },
    { name: 'reading', description: 'What is known about it, and what is to be forgotten.' },
    { name: 'health', description: 'For orchestrators, load balancers and Prometheus.' },
    { name: 'docs', description: 'What you are reading.' },
  ],
  routes: LOGGING_ROUTES,
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
    curl: { url: '$LOGGING_URL', header: 'X-Tidegate-Internal-Token: $INTERNAL_TOKEN' },
  },
};
