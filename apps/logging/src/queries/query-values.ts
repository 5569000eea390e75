import { z } from 'zod';

/**
 * The latest time to ask for. Nothing stored is nearly as late; PostgreSQL and ISO 8601 write years up to 9999, and a day more,
 * which the search for partitions adds, must still be one of them.
 */
export const LATEST_MS = Date.UTC(9999, 11, 30);

/** A point in time of a query string, as Unix milliseconds; the last ones of 9999, written for "no end", become {@link LATEST_MS}. */
export const timeMs = z.iso
  .datetime({
    offset: true,
    error: 'expected ISO 8601 with zone, as 2026-01-31T12:00:00Z (a + is written %2B)',
  })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0, 'expected a time from 1970 to 9999')
  .transform((ms) => Math.min(ms, LATEST_MS));

/** Text to compare with; PostgreSQL takes no U+0000. */
export const queryText = z.string().regex(/^[^\0]+$/, 'expected text');
