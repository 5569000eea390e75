import { type DocumentedApi, internalService } from '@tidegate/api-docs';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { LOGGING_ROUTES } from './logging-routes';

/** What the app says about itself under `/docs`. */
export const LOGGING_DOCUMENTATION: DocumentedApi = {
  title: 'Tidegate prediction log',
  version: TIDEGATE_VERSION,
  description: 'Keeps every prediction once, and answers questions about them.',
  ...internalService('$LOGGING_URL'),
  tags: [
    { name: 'events', description: 'What happened. Sending anything again is safe: it is counted once.' },
    { name: 'reading', description: 'What is known about it, and what is to be forgotten.' },
    { name: 'health', description: 'For orchestrators, load balancers and Prometheus.' },
    { name: 'docs', description: 'What you are reading.' },
  ],
  routes: LOGGING_ROUTES,
};
