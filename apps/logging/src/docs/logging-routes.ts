import {
  internalDocsRoutes,
  type DocumentedRoute,
  internalRoute,
  inputSchema,
  type JsonSchema,
  openRoute,
  outputSchema,
} from '@tidegate/api-docs';
import {
  feedbackAnswerSchema,
  feedbackSchema,
  logAnswerSchema,
  predictionEventSchema,
  type ProblemCode,
} from '@tidegate/schemas';

const NDJSON = 'application/x-ndjson';
const INTERNAL = ['INTERNAL_TOKEN_REQUIRED'] as const;
const WRITING_PROBLEMS: readonly ProblemCode[] = [
  ...(['BODY_INVALID', ...INTERNAL, 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const),
  ...(['DATABASE_UNAVAILABLE', 'OVERLOADED'] as const),
];
const READING_PROBLEMS: readonly ProblemCode[] = ['REQUEST_INVALID', ...INTERNAL, 'DATABASE_UNAVAILABLE'];

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const range = { model: text, version: text, from: time, to: time };

/** Every route of the app; a test compares them with those that are mounted. */
export const LOGGING_ROUTES: readonly DocumentedRoute[] = [
  {
    ...internalRoute('POST /log', 'events', 'Keeps predictions, each counted once', WRITING_PROBLEMS),
    body: oneOrMany(inputSchema(predictionEventSchema)),
    otherBodyTypes: [NDJSON],
    success: {
      status: 201,
      description:
        'At least one is committed, or was there already; each has its line. 202: the database is away, and at least one is ' +
        'synced to a durable spool. 400 with the same body: all were rejected',
      schema: outputSchema(logAnswerSchema),
    },
  },
  {
    ...internalRoute(
      'POST /feedback',
      'events',
      'Says what turned out to be true of predictions',
      WRITING_PROBLEMS,
    ),
    body: oneOrMany(inputSchema(feedbackSchema)),
    otherBodyTypes: [NDJSON],
    success: {
      status: 201,
      description: 'At least one is committed; each has its line. 400 with the same body: all were rejected',
      schema: outputSchema(feedbackAnswerSchema),
    },
  },
  {
    ...internalRoute(
      'GET /predictions',
      'reading',
      'Lists predictions, newest first: a page, or all of them as NDJSON or CSV',
      [...READING_PROBLEMS, 'OVERLOADED'],
    ),
    query: {
      ...range,
      defect: { type: 'boolean' },
      format: { enum: ['json', 'ndjson', 'csv'], description: 'Or by the header Accept' },
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      cursor: { type: 'string', description: 'next_cursor of the page before' },
    },
  },
  {
    ...internalRoute(
      'DELETE /predictions',
      'reading',
      'Deletes what is stored of one subject',
      READING_PROBLEMS,
    ),
    query: { subject: { type: 'string', minLength: 1, maxLength: 128 } },
  },
  internalRoute('GET /predictions/{id}', 'reading', 'One prediction', [
    ...INTERNAL,
    'PREDICTION_NOT_FOUND',
    'DATABASE_UNAVAILABLE',
  ]),
  {
    ...internalRoute(
      'GET /stats',
      'reading',
      'Counts, defects, latencies and accuracy over time',
      READING_PROBLEMS,
    ),
    query: { ...range, bucket: { type: 'string', pattern: '^[1-9]\\d{0,3}[mhd]$', default: '1h' } },
  },
  {
    ...internalRoute('GET /drift', 'reading', 'How far inputs and outputs moved, by feature', [
      ...READING_PROBLEMS,
      'MODEL_NOT_ALLOWED',
      'DRIFT_UNKNOWN',
    ]),
    query: { ...range, reference_from: time, reference_to: time, reference_version: text },
  },
  openRoute('GET /live', 'health', 'The process runs; nothing else is looked at'),
  openRoute('GET /ready', 'health', 'Events that come now can be kept; 503 with the reason while not'),
  openRoute('GET /health', 'health', 'State and counts of this process; always 200'),
  openRoute('GET /metrics', 'health', 'Prometheus metrics'),
  ...internalDocsRoutes(),
];

function oneOrMany(schema: JsonSchema): JsonSchema {
  return { oneOf: [schema, { type: 'array', minItems: 1, items: schema }] };
}
