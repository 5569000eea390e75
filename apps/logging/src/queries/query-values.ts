import { z } from 'zod';

const LATEST_MS = Date.UTC(9999, 11, 31);

/** A point in time of a query string, as Unix milliseconds. */
export const timeMs = z.iso
  .datetime({
    offset: true,
    error: 'expected ISO 8601 with zone, as 2026-01-31T12:00:00Z (a + is written %2B)',
  })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0 && ms <= LATEST_MS, 'expected a time from 1970 to 9999');

/** Text to compare with; PostgreSQL takes no U+0000. */
export const queryText = z.string().regex(/^[^\0]+$/, 'expected text');
