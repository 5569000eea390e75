import { type DocumentedApi, internalService } from '@tidegate/api-docs';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { INFERENCE_ROUTES, MLFLOW_ERROR, OPEN_INFERENCE_ERROR } from './inference-routes';

/** What this version of the app can do, whatever it serves; `GET /models` says that. */
export const INFERENCE_DOCUMENTATION: DocumentedApi = {
  title: 'Tidegate inference',
  version: TIDEGATE_VERSION,
  description: 'Models that serve themselves from the MLflow registry.',
  ...internalService('$INFERENCE_URL'),
  tags: [
    { name: 'predict', description: 'Predictions in our own way: one for each instance, in their order.' },
    { name: 'models', description: 'What is served, in which version, since when, and what failed.' },
    {
      name: 'mlflow',
      description:
        'The scoring protocol of MLflow, for clients of mlflow models serve: same bodies, same answers.',
    },
    {
      name: 'open-inference',
      description:
        'The Open Inference Protocol, for clients of KServe, Triton and MLServer: with tensors in binary as well.',
    },
    { name: 'health', description: 'For orchestrators, load balancers and Prometheus.' },
    { name: 'docs', description: 'What you are reading.' },
  ],
  routes: INFERENCE_ROUTES,
  errorShapes: {
    [MLFLOW_ERROR]: {
      contentType: 'application/json',
      schema: {
        type: 'object',
        properties: { error_code: { type: 'string' }, message: { type: 'string' } },
        required: ['error_code', 'message'],
      },
    },
    [OPEN_INFERENCE_ERROR]: {
      contentType: 'application/json',
      schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
    },
  },
};
