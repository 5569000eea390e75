import {
  ConfigError,
  databaseSettings,
  flag,
  integer,
  json,
  loadConfig,
  optional,
  serviceFields,
  setting,
  withDefault,
} from '@tidegate/config';
import type { ConfigOf, Environment } from '@tidegate/config';
import { z } from 'zod';
import { defectRulesSchema } from './ingest/defect-rules';
import { retentionByModelSchema } from './retention/retention-rules';
import { requestRoomBytes } from './spool/request-room';
import { FEWEST_CONNECTIONS } from './store/connection-split';

const MIB = 1024 * 1024;

const onOrOff: z.ZodType<boolean> = z
  .enum(['on', 'off'], { error: 'expected on or off' })
  .transform((value) => value === 'on');

/** Every setting of the prediction log; the README has them as a table. */
export const loggingFields = {
  ...serviceFields(8001),
  database: databaseSettings('The PostgreSQL database of the prediction log.'),
  databasePoolSize: setting(
    'DATABASE_POOL_SIZE',
    withDefault(integer(FEWEST_CONNECTIONS, 200), 12),
    'Connections at most, for writing, reading, exports and upkeep together.',
  ),
  commitTimeoutMs: setting(
    'COMMIT_TIMEOUT_MS',
    withDefault(integer(500, 15_000), 3000),
    'A commit that takes longer, and a millisecond more for each event, means that the database is away.',
  ),
  defectRules: setting(
    'DEFECT_RULES',
    withDefault(json(defectRulesSchema), {}),
    'Which outputs of a model are a defect, as JSON: {"<model>":{"output":"label","labels":["8"]}}.',
  ),
  drift: setting(
    'DRIFT',
    withDefault(onOrOff, true),
    'Whether features are counted for GET /drift: on or off.',
  ),
  driftBaselineEvents: setting(
    'DRIFT_BASELINE_EVENTS',
    withDefault(integer(10, 100_000), 500),
    'How many first events of a model version decide the bins of its features.',
  ),
  maxFeatures: setting(
    'MAX_FEATURES',
    withDefault(integer(1, 2000), 200),
    'Most features of a model version; further scalars of its events are left out.',
  ),
  exportTimeoutMs: setting(
    'EXPORT_TIMEOUT_MS',
    withDefault(integer(1000, 86_400_000), 900_000),
    'How long one export may take; then its connection is cut.',
  ),
  retentionDays: setting(
    'RETENTION_DAYS',
    withDefault(integer(1, 3650), 30),
    'How many days back events are accepted; a day later they are removed.',
  ),
  retentionByModel: setting(
    'RETENTION_BY_MODEL',
    withDefault(json(retentionByModelSchema), {}),
    'Fewer days for single models (personal data), as JSON: {"<model>": days}.',
  ),
  spoolDir: setting(
    'SPOOL_DIR',
    optional(z.string()),
    'Folder for events that come while the database is away; of this process alone. Unset: none is used.',
  ),
  spoolIsDurable: setting(
    'SPOOL_IS_DURABLE',
    withDefault(flag, false),
    'Whether that folder outlives the process and its machine (a volume, not the disk of a container): only then events are acknowledged from it, with 202.',
  ),
  spoolMaxBytes: setting(
    'SPOOL_MAX_BYTES',
    withDefault(integer(MIB, 1024 * 1024 * MIB), 1024 * MIB),
    'Most bytes that wait in the spool, at least twice MAX_BODY_BYTES; beyond, events are refused with 503.',
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
  maxInflightBytes: setting(
    'MAX_INFLIGHT_BYTES',
    withDefault(integer(1024, 4096 * MIB), 32 * MIB),
    'Most bytes of requests that are not answered yet; more is answered with 503 OVERLOADED.',
  ),
} as const;

export type LoggingConfig = ConfigOf<typeof loggingFields>;

/** @throws ConfigError listing every problem at once. */
export function loadLoggingConfig(environment: Environment = process.env): LoggingConfig {
  const config = loadConfig('logging', loggingFields, environment);
  requireRoomForRequest(config);
  return config;
}

/** Each of the two sizes is fine on its own; together they may make a spool that is full from the start. */
function requireRoomForRequest({
  spoolDir,
  spoolIsDurable,
  spoolMaxBytes,
  maxBodyBytes,
}: LoggingConfig): void {
  const leastBytes = requestRoomBytes(maxBodyBytes);
  if (spoolDir === undefined || !spoolIsDurable || spoolMaxBytes >= leastBytes) return;
  throw new ConfigError('logging', [
    `SPOOL_MAX_BYTES: expected at least ${leastBytes}, twice MAX_BODY_BYTES (${maxBodyBytes}), got ${spoolMaxBytes}: ` +
      'a request would find the spool full; raise SPOOL_MAX_BYTES or lower MAX_BODY_BYTES',
  ]);
}
