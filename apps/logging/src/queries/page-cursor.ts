import { z } from 'zod';
import { LATEST_MS } from './query-values';

/** The last row of a page, which the next page goes on from; its parts are the sort key. */
export interface PageCursor {
  readonly predictedAtMs: number;
  readonly id: string;
  readonly day: string;
}

const cursorSchema = z.tuple([
  z.number().int().min(0).max(LATEST_MS),
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[\x21-\x7e]+$/),
  // As text: PostgreSQL has no year 0, which ISO 8601 has.
  z.iso.date().refine((day) => day >= '1970-01-01'),
]);

/** Opaque text for a URL. */
export function encodeCursor({ predictedAtMs, id, day }: PageCursor): string {
  return Buffer.from(JSON.stringify([predictedAtMs, id, day])).toString('base64url');
}

/** Undefined when `text` was not made by {@link encodeCursor}. */
export function decodeCursor(text: string): PageCursor | undefined {
  try {
    const decoded = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    const [predictedAtMs, id, day] = cursorSchema.parse(decoded);
    return { predictedAtMs, id, day };
  } catch {
    return undefined;
  }
}
