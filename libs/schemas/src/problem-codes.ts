/** What a code means to the caller: HTTP status, a short title and how to mend it. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}

/** Every error a Tidegate service answers with, by its code. The code is API: it never changes its meaning. */
export const PROBLEM_KINDS = {
  BODY_INVALID: {
    status: 400,
    title: 'The request body is not valid',
    remedy: 'Correct the field named in the detail and send the request again.',
  },
  REQUEST_INVALID: {
    status: 400,
    title: 'The request is not valid',
    remedy: 'Correct what the detail names and send the request again.',
  },
  MODEL_REFUSED_INPUT: {
    status: 400,
    title: 'The model cannot run on these instances',
    remedy:
      'It has run on others: correct what the detail says of these, such as an id the model does not know.',
  },
  VALUE_REFUSED: {
    status: 400,
    title: 'A value may not pass the gateway',
    remedy: 'Send what the detail expects; ids, paths and URIs are checked before they reach MLflow.',
  },
  API_KEY_REQUIRED: {
    status: 401,
    title: 'API key required',
    remedy:
      'Send a key as "Authorization: Bearer <key>" (MLFLOW_TRACKING_TOKEN for MLflow clients) or "X-API-Key".',
  },
  API_KEY_INVALID: {
    status: 401,
    title: 'The API key is not valid',
    remedy: 'The key is unknown, revoked or expired, or damaged in copying. Ask its owner for a current one.',
  },
  INTERNAL_TOKEN_REQUIRED: {
    status: 401,
    title: 'Only other Tidegate services may call this',
    remedy: 'Call it through the api, or give both services the same INTERNAL_TOKEN.',
  },
  SCOPE_MISSING: {
    status: 403,
    title: 'The API key lacks a scope',
    remedy: 'Use a key that holds the scope named in the detail.',
  },
  MODEL_NOT_ALLOWED: {
    status: 403,
    title: 'The API key is limited to other models',
    remedy: 'Name a model the key is made for, or use a key without this limit.',
  },
  MODEL_CHANGE_REFUSED: {
    status: 403,
    title: 'Models are not loaded or unloaded by HTTP',
    remedy: 'The registry decides what is served: move the alias in MLflow, or change MODELS.',
  },
  GRANT_REFUSED: {
    status: 403,
    title: 'An API key can pass on only what it holds',
    remedy: 'Ask for no more than the detail names, or use a key that holds it.',
  },
  BOOTSTRAP_KEY_LIMITED: {
    status: 403,
    title: 'The bootstrap key only makes the first keys',
    remedy: 'Make a key with the scope keys:admin and use that one.',
  },
  NOT_FOUND: { status: 404, title: 'Not found', remedy: 'Check the path; only documented routes exist.' },
  MODEL_NOT_FOUND: {
    status: 404,
    title: 'The model is not served here',
    remedy: 'GET /models lists what is served; MODELS decides it.',
  },
  PREDICTION_NOT_FOUND: {
    status: 404,
    title: 'No such prediction',
    remedy: 'Check the id; predictions past the retention time are gone.',
  },
  DRIFT_UNKNOWN: {
    status: 404,
    title: 'Nothing is known of drift yet',
    remedy:
      'Check model and version; bins are made from the first DRIFT_BASELINE_EVENTS predictions of a version.',
  },
  KEY_NOT_FOUND: {
    status: 404,
    title: 'No such API key',
    remedy: 'Give the id of the key, its 12 characters after the environment; GET /api/keys lists them.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    remedy: 'Use a method that the documentation lists for this path.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request was not sent in time',
    remedy: 'Send the request without long pauses, and within the time the detail names, if it names one.',
  },
  KEY_NOT_ROTATABLE: {
    status: 409,
    title: 'The API key cannot be rotated',
    remedy: 'Replace a key that was given by secret in the secret; for one that has ended, make a new key.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    remedy: 'Send less at once; the detail names the limit.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The media type is not supported',
    remedy: 'Send application/json, or what the route documents.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'The API key has sent too many requests',
    remedy: 'Go on after the seconds in Retry-After; for more, ask for a key of another rate class.',
  },
  AUTH_FAILURES_LIMITED: {
    status: 429,
    title: 'Too many requests from this address had no valid API key',
    remedy:
      'Check the key; a valid one works at once, others are looked at again after the seconds in Retry-After.',
  },
  QUEUE_FULL: {
    status: 429,
    title: 'Too many predictions wait already',
    remedy: 'Nothing was run; send the request again after the seconds in Retry-After, or add instances.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The request headers are too large',
    remedy: 'Send at most 16 KiB of headers, the request line included.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'An unexpected error happened',
    remedy: 'Look for the requestId in the logs; please report it if it can be repeated.',
  },
  MODEL_FAILED: {
    status: 500,
    title: 'The model failed',
    remedy:
      'The detail is what the runtime said; try the instance alone, or an earlier version of the model.',
  },
  UPSTREAM_REFUSED: {
    status: 502,
    title: 'The upstream service refused or dropped the connection',
    remedy: 'Check that the upstream runs: see /health?detailed=true.',
  },
  UPSTREAM_REFUSED_CREDENTIAL: {
    status: 502,
    title: 'The upstream service does not accept the credential of the gateway',
    remedy: 'Check MLFLOW_USERNAME and MLFLOW_PASSWORD of the api, or INTERNAL_TOKEN of both services.',
  },
  UPSTREAM_PROTOCOL: {
    status: 502,
    title: 'The answer of the upstream service is not valid HTTP',
    remedy: 'Look at what listens at the configured address, and whether it is http or https.',
  },
  KEY_STORE_UNAVAILABLE: {
    status: 503,
    title: 'API keys cannot be checked at the moment',
    remedy: 'The database of keys is away; try again shortly.',
  },
  UPSTREAM_UNRESOLVED: {
    status: 503,
    title: 'No address is known for the upstream service',
    remedy:
      'Name resolution failed and no earlier answer is left: see /api/health/mlflow and MLFLOW_FALLBACK_IP.',
  },
  UPSTREAM_BREAKER_OPEN: {
    status: 503,
    title: 'The upstream service takes no connections',
    remedy: 'Nothing was sent; try again after the time in Retry-After and look at /health?detailed=true.',
  },
  STOPPING: {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Send the request again; another instance answers it. Check before repeating a write.',
  },
  MODEL_NOT_LOADED: {
    status: 503,
    title: 'The model is not loaded yet',
    remedy: 'Try again shortly; /ready and /models say what the service waits for.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    remedy:
      'Send the request again when /ready says so; events that carry an id are stored once however often they come.',
  },
  WORKER_LOST: {
    status: 503,
    title: 'The worker that ran the model is gone',
    remedy: 'Send the request again: another worker takes it. Look into the log when it happens again.',
  },
  OVERLOADED: {
    status: 503,
    title: 'Too much is waiting already',
    remedy: 'Nothing was stored; send the request again after the time in Retry-After.',
  },
  PREDICTION_TIMEOUT: {
    status: 504,
    title: 'The prediction was not ready in time',
    remedy: 'Send fewer instances, raise REQUEST_TIMEOUT_MS, or give the model more workers.',
  },
  UPSTREAM_TIMEOUT: {
    status: 504,
    title: 'The upstream service did not answer in time',
    remedy: 'The request may have taken effect; check before repeating a write.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEM_KINDS;
