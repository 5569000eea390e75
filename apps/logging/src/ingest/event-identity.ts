const DAY_MS = 86_400_000;
const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** What makes an event the same event when it is sent again is (`id`, `day`). */
export interface EventIdentity {
  /** UTC day, `YYYY-MM-DD`: from a UUIDv7 id, else from the timestamp. */
  readonly day: string;
  /** The timestamp when there is one, else the time in the id. Unix milliseconds. */
  readonly predictedAtMs: number;
}

/** Days whose events are accepted: today (UTC), `daysBack` before and, since clocks differ, one after it. */
export interface AcceptedDays {
  readonly nowMs: number;
  readonly daysBack: number;
}

/** The identity of an event, or why it has none. */
export function identify(
  event: { readonly id: string; readonly timestamp?: string | undefined },
  accepted: AcceptedDays,
): EventIdentity | { readonly rejected: string } {
  const idTimeMs = uuidV7TimeMs(event.id);
  const timestampMs = event.timestamp === undefined ? undefined : Date.parse(event.timestamp);
  const identityMs = idTimeMs ?? timestampMs;
  if (identityMs === undefined)
    return { rejected: 'timestamp_required: an id that is no UUIDv7 needs a timestamp' };
  const predictedAtMs = timestampMs ?? identityMs;
  if (!isAccepted(identityMs, accepted) || !isAccepted(predictedAtMs, accepted))
    return {
      rejected: `timestamp_out_of_range: expected from ${accepted.daysBack} days ago to tomorrow (UTC), in id and timestamp`,
    };
  return { day: utcDay(identityMs), predictedAtMs };
}

let lastDay = NaN;
let lastDayText = '';

/** The UTC day of a time, as `YYYY-MM-DD`. Nearly all events are of one day: its text is kept. */
export function utcDay(timeMs: number): string {
  const day = Math.floor(timeMs / DAY_MS);
  if (day !== lastDay) {
    lastDayText = new Date(timeMs).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastDayText;
}

/** The UTC day `days` after that of `timeMs`. */
export function utcDayAfter(timeMs: number, days: number): string {
  return utcDay(timeMs + days * DAY_MS);
}

/** RFC 9562: the first 48 bits of a UUIDv7 are Unix milliseconds. */
export function uuidV7TimeMs(id: string): number | undefined {
  const match = UUID_V7.exec(id);
  return match ? Number.parseInt(`${match[1]}${match[2]}`, 16) : undefined;
}

function isAccepted(timeMs: number, { nowMs, daysBack }: AcceptedDays): boolean {
  const dayOffset = Math.floor(timeMs / DAY_MS) - Math.floor(nowMs / DAY_MS);
  return dayOffset >= -daysBack && dayOffset <= 1;
}
