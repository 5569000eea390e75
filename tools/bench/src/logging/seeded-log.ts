import type { Workbench } from '../workbench';
import type { LoggingApp } from './logging-app';
import { predictionEvent } from './prediction-events';
import { withClient } from './prediction-store';

export const DAYS = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1440;
const VERSIONS = ['1', '2', '3', '4'];

/** A log of many days. */
export interface SeededLog {
  readonly rows: number;
  readonly rowsPerDay: number;
  /** Whole days; the last one is yesterday. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Fills the log with 30 days of predictions of four versions, as many in each minute. Those of the first minute go through
 * the app; their rows and roll-ups are then multiplied in the database, so that they are what the app makes.
 */
export async function seedLog(
  bench: Workbench,
  { target: { url } }: LoggingApp,
  { databaseUrl, rows, now }: { databaseUrl: string; rows: number; now: Date },
): Promise<SeededLog> {
  const toMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const fromMs = toMs - DAYS * DAY_MS;
  const perMinute = Math.max(1, Math.round(rows / (DAYS * MINUTES_A_DAY * VERSIONS.length)));
  for (let day = 0; day < DAYS; day += 1) await makePartition(url, fromMs + day * DAY_MS);
  await send(url, firstMinute(fromMs, perMinute));
  await withClient(databaseUrl, async (client) => {
    for (let day = 0; day < DAYS; day += 1) {
      bench.say(`filling day ${day + 1} of ${DAYS}`);
      // The first minute is there already.
      const from = day * MINUTES_A_DAY + (day === 0 ? 1 : 0);
      const minutes = [from, (day + 1) * MINUTES_A_DAY - 1];
      await client.query(MULTIPLY_PREDICTIONS, minutes);
      await client.query(MULTIPLY_ROLLUPS, minutes);
    }
    await client.query('VACUUM ANALYZE');
  });
  const rowsPerDay = perMinute * VERSIONS.length * MINUTES_A_DAY;
  return { rows: rowsPerDay * DAYS, rowsPerDay, fromMs, toMs };
}

const MODEL = 'digits';
/** Events of a model that is not read, for their partitions only. */
const OTHER_MODEL = 'partition';

const MULTIPLY_PREDICTIONS = `
  INSERT INTO predictions (id, day, predicted_at, model, version, alias, outputs, latency_ms, is_defect, request_id)
  SELECT id || '-' || later, ((predicted_at + later * interval '1 minute') AT TIME ZONE 'UTC')::date,
         predicted_at + later * interval '1 minute', model, version, alias, outputs, latency_ms, is_defect, request_id
  FROM predictions, generate_series($1::int, $2::int) AS later
  WHERE id LIKE 'first-%' AND id NOT LIKE 'first-%-%-%'`;

const MULTIPLY_ROLLUPS = `
  INSERT INTO prediction_rollups (minute, model, version, predictions, defects, timed, latency_ms_sum, latency_counts)
  SELECT minute + later * interval '1 minute', model, version, predictions, defects, timed, latency_ms_sum, latency_counts
  FROM (SELECT * FROM prediction_rollups WHERE model = '${MODEL}' ORDER BY minute LIMIT ${VERSIONS.length}) AS first,
       generate_series($1::int, $2::int) AS later`;

function firstMinute(startMs: number, perMinute: number): readonly object[] {
  return VERSIONS.flatMap((version) =>
    Array.from({ length: perMinute }, (_, at) => ({
      ...predictionEvent(
        `first-${version}-${at}`,
        new Date(startMs + (at * MINUTE_MS) / perMinute).toISOString(),
        at,
      ),
      version,
      defect: at % 10 === 0,
    })),
  );
}

/** The app makes the partition of a day when its first event comes. */
function makePartition(url: string, startMs: number): Promise<void> {
  const event = predictionEvent(`day-${startMs}`, new Date(startMs).toISOString(), 0);
  return send(url, [{ ...event, model: OTHER_MODEL }]);
}

async function send(url: string, events: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/log`, { method: 'POST', headers, body: JSON.stringify(events) });
  const text = await response.text();
  if (response.status !== 201 || !text.includes('"rejected":0'))
    throw new Error(`the log did not take what it is filled with: ${response.status} ${text.slice(0, 500)}`);
}
