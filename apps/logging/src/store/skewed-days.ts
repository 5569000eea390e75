import type { PoolClient } from 'pg';
import { utcDay } from '../ingest/event-identity';
import type { StorableEvent } from './storable-event';

const DAY_MS = 86_400_000;

interface SkewedDay {
  earliestMs: number;
  latestMs: number;
}

/**
 * Notes the days of events whose time is more than a day away from the day of their identity (a UUIDv7 made long before or
 * after). There are none in normal operation; readers of a range of times look into those days, too.
 */
export async function noteSkewedDays(client: PoolClient, events: readonly StorableEvent[]): Promise<void> {
  const byDay = new Map<string, SkewedDay>();
  for (const { day, predictedAtMs } of events) {
    if (Math.abs(Date.parse(day) - Date.parse(utcDay(predictedAtMs))) <= DAY_MS) continue;
    const known = byDay.get(day);
    byDay.set(day, {
      earliestMs: Math.min(known?.earliestMs ?? predictedAtMs, predictedAtMs),
      latestMs: Math.max(known?.latestMs ?? predictedAtMs, predictedAtMs),
    });
  }
  if (byDay.size === 0) return;
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  await client.query(
    `INSERT INTO skewed_days AS known (day, earliest, latest)
     SELECT * FROM unnest($1::date[], $2::timestamptz[], $3::timestamptz[])
     ON CONFLICT (day) DO UPDATE SET
       earliest = least(known.earliest, excluded.earliest), latest = greatest(known.latest, excluded.latest)`,
    [
      days.map(([day]) => day),
      days.map(([, { earliestMs }]) => new Date(earliestMs).toISOString()),
      days.map(([, { latestMs }]) => new Date(latestMs).toISOString()),
    ],
  );
}
