import {
  databaseSettings,
  integer,
  json,
  loadConfig,
  serviceFields,
  setting,
  withDefault,
} from '@tidegate/config';
import type { ConfigOf, Environment } from '@tidegate/config';
import { defectRulesSchema } from './ingest/defect-rules';

/** Every setting of the prediction log; the README has them as a table. */
export const loggingFields = {
  ...serviceFields(8001),
  database: databaseSettings('The PostgreSQL database of the prediction log.'),
  databasePoolSize: setting('DATABASE_POOL_SIZE', withDefault(integer(2, 200), 10), 'Connections at most.'),
  defectRules: setting(
    'DEFECT_RULES',
    withDefault(json(defectRulesSchema), {}),
    'Which outputs of a model are a defect, as JSON: {"<model>":{"output":"label","labels":["8"]}}.',
  ),
  retentionDays: setting(
    'RETENTION_DAYS',
    withDefault(integer(1, 3650), 30),
    'How many days back events are accepted.',
  ),
  maxBodyBytes: setting(
    'MAX_BODY_BYTES',
    withDefault(integer(1024, 64 * 1024 * 1024), 4 * 1024 * 1024),
    'Largest body of POST /log.',
  ),
  maxRequestEvents: setting(
    'MAX_REQUEST_EVENTS',
    withDefault(integer(1, 100_000), 10_000),
    'Most events in one POST /log.',
  ),
  maxBatchEvents: setting(
    'MAX_BATCH_EVENTS',
    withDefault(integer(1, 100_000), 5000),
    'Most events that concurrent requests put into one transaction; one request is never divided.',
  ),
  maxQueuedEvents: setting(
    'MAX_QUEUED_EVENTS',
    withDefault(integer(1, 1_000_000), 50_000),
    'Most events that wait for their commit; more is answered with 503 OVERLOADED.',
  ),
  maxQueuedBytes: setting(
    'MAX_QUEUED_BYTES',
    withDefault(integer(1024, 4 * 1024 * 1024 * 1024), 64 * 1024 * 1024),
    'Most bytes of request bodies that wait for their commit.',
  ),
} as const;

export type LoggingConfig = ConfigOf<typeof loggingFields>;

/** @throws ConfigError listing every problem at once. */
export function loadLoggingConfig(environment: Environment = process.env): LoggingConfig {
  return loadConfig('logging', loggingFields, environment);
}
