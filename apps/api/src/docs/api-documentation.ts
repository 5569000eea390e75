import type { DocumentedApi } from '@tidegate/api-docs';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { FORWARDED_ROUTES } from './forwarded-routes';
import { OWN_ROUTES } from './own-routes';

/** What this version of the gateway can do: the same for everybody, so no key is needed. */
export const API_DOCUMENTATION: DocumentedApi = {
  title: 'Tidegate API',
  version: TIDEGATE_VERSION,
  description: 'API keys in front of MLflow, inference and the prediction log.',
  introduction:
    'Send a key as <code>Authorization: Bearer</code>, as the password of HTTP Basic, or as <code>X-API-Key</code>; never in ' +
    'the query. What a service behind the gateway answers passes through as it came.',
  tags: [
    {
      name: 'inference',
      description: 'Predictions of the models in production.',
    },
    {
      name: 'logging',
      description: 'The prediction log: what was predicted, and how it went.',
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
  ],
  routes: [...OWN_ROUTES, ...FORWARDED_ROUTES],
  access: {
    schemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'What MLflow clients send for MLFLOW_TRACKING_TOKEN.',
      },
      basic: { type: 'http', scheme: 'basic', description: 'The key as password, any user name.' },
      header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    },
    badges: { none: 'no key', any: 'any key' },
    curl: { url: '$TIDEGATE_URL', header: 'Authorization: Bearer $TIDEGATE_KEY' },
  },
};
