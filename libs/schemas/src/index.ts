export { decodeAllowedModels, encodeAllowedModels } from './allowed-models';
export {
  apiKeyPageSchema,
  apiKeySchema,
  newApiKeySchema,
  type ApiKeyPage,
  type ApiKeyView,
  type NewApiKeyView,
} from './api-key-answers';
export {
  createKeySchema,
  keyLimitFields,
  listKeysSchema,
  rateClassName,
  rotateKeySchema,
  type CreateKeyBody,
  type ListKeysQuery,
  type RotateKeyBody,
} from './api-key-requests';
export {
  feedbackAnswerSchema,
  feedbackItemResultSchema,
  feedbackSchema,
  type Feedback,
  type FeedbackAnswer,
  type FeedbackItemResult,
} from './feedback';
export { ALLOWED_MODELS_HEADER, INTERNAL_TOKEN_HEADER, REQUEST_ID_HEADER, SUBJECT_HEADER } from './headers';
export { logAnswerSchema, logItemResultSchema, type LogAnswer, type LogItemResult } from './log-answer';
export { predictionEventSchema, type PredictionEvent } from './prediction-event';
export {
  PROBLEM_CONTENT_TYPE,
  problemBody,
  ProblemError,
  type ProblemBody,
  type ProblemOptions,
} from './problem';
export { PROBLEM_KINDS, type ProblemCode, type ProblemKind } from './problem-codes';
export { parseRequest } from './parse-request';
