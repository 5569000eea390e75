import { type DocumentedRoute, internalDocsRoutes, internalRoute, openRoute } from '@tidegate/api-docs';
import type { ProblemCode } from '@tidegate/schemas';
import {
  INDEX_BODY,
  INFER_ANSWER,
  INFER_BODY,
  INVOCATIONS_BODY,
  PREDICT_ANSWER,
  PREDICT_BODY,
} from './bodies';

/** Names of error shapes. */
export const MLFLOW_ERROR = 'MlflowError';
export const OPEN_INFERENCE_ERROR = 'OpenInferenceError';

const BINARY = 'application/octet-stream';

/** Of every request for a prediction. */
const SCORING_PROBLEMS: readonly ProblemCode[] = [
  ...(['BODY_INVALID', 'REQUEST_INVALID', 'INTERNAL_TOKEN_REQUIRED', 'MODEL_NOT_ALLOWED'] as const),
  ...(['MODEL_NOT_FOUND', 'REQUEST_TIMEOUT', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const),
  ...(['QUEUE_FULL', 'MODEL_FAILED', 'MODEL_NOT_LOADED', 'WORKER_LOST', 'OVERLOADED'] as const),
  ...(['PREDICTION_TIMEOUT', 'MODEL_REFUSED_INPUT'] as const),
];
const READING_PROBLEMS: readonly ProblemCode[] = ['REQUEST_INVALID', 'INTERNAL_TOKEN_REQUIRED'];
const MODEL_PROBLEMS: readonly ProblemCode[] = [...READING_PROBLEMS, 'MODEL_NOT_FOUND', 'MODEL_NOT_LOADED'];

/** Every route of the app; a test compares them with those that are mounted. */
export const INFERENCE_ROUTES: readonly DocumentedRoute[] = [
  {
    ...internalRoute('POST /predict', 'predict', 'Predicts, one answer for each instance', SCORING_PROBLEMS),
    body: PREDICT_BODY,
    success: {
      status: 200,
      description: 'The predictions, and the version that made them',
      schema: PREDICT_ANSWER,
    },
  },
  internalRoute(
    'GET /models',
    'models',
    'Lists what is served, and what could not be loaded and why',
    READING_PROBLEMS,
  ),
  {
    ...internalRoute(
      'POST /invocations',
      'mlflow',
      'Predicts with the first one of MODELS',
      SCORING_PROBLEMS,
    ),
    body: INVOCATIONS_BODY,
    otherBodyTypes: ['text/csv'],
    errorShape: MLFLOW_ERROR,
  },
  internalRoute('GET /ping', 'mlflow', 'Whether the first one of MODELS is loaded; 404 when not'),
  internalRoute('GET /version', 'mlflow', 'The version of MLflow with which that model was made'),
  openInference('GET /v2', 'Names the server and the extensions it has'),
  openInference('GET /v2/health/live', 'The process runs'),
  openInference('GET /v2/health/ready', 'Whether every model is loaded; 503 when not'),
  ...['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].flatMap((path) => [
    openInference(`GET ${path}`, 'Inputs and outputs of the model', MODEL_PROBLEMS),
    openInference(`GET ${path}/ready`, 'Whether the model is loaded; 503 when not', MODEL_PROBLEMS),
    {
      ...openInference(`POST ${path}/infer`, 'Runs the model once, with tensors', SCORING_PROBLEMS),
      body: INFER_BODY,
      otherBodyTypes: [BINARY],
      success: { status: 200, description: 'The outputs, as JSON or binary', schema: INFER_ANSWER },
    },
  ]),
  {
    ...openInference('POST /v2/repository/index', 'Lists the models and their state', [
      ...READING_PROBLEMS,
      'BODY_INVALID',
    ]),
    body: INDEX_BODY,
  },
  ...['load', 'unload'].map((change) =>
    openInference(`POST /v2/repository/models/{model}/${change}`, 'Refused: the registry decides', [
      'INTERNAL_TOKEN_REQUIRED',
      'MODEL_CHANGE_REFUSED',
    ]),
  ),
  openRoute('GET /live', 'health', 'The process runs; nothing else is looked at'),
  openRoute(
    'GET /ready',
    'health',
    'Every model is loaded; 503 with the reason while not, and while stopping',
  ),
  openRoute('GET /health', 'health', 'State and counts; 500 only when nothing but a restart can help'),
  openRoute('GET /metrics', 'health', 'Prometheus metrics'),
  ...internalDocsRoutes(),
];

function openInference(route: string, summary: string, problems?: readonly ProblemCode[]): DocumentedRoute {
  return { ...internalRoute(route, 'open-inference', summary, problems), errorShape: OPEN_INFERENCE_ERROR };
}
