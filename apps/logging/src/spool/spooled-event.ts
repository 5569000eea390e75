import { z } from 'zod';
import type { StorableEvent } from '../store/storable-event';

const text = z.string();
const textOrNull = text.nullable();

/** What a record of the spool must be to be stored. It was checked when it came; what is here proves that it is whole. */
const spooledEventSchema = z.object({
  id: text,
  day: text.regex(/^\d{4}-\d{2}-\d{2}$/),
  predictedAtMs: z.number(),
  model: text,
  version: text,
  alias: textOrNull,
  inputsJson: textOrNull,
  outputsJson: text,
  latencyMs: z.number().nullable(),
  isDefect: z.boolean(),
  requestId: textOrNull,
  traceparent: textOrNull,
  metadataJson: textOrNull,
  subject: textOrNull.optional(),
}) satisfies z.ZodType<StorableEvent>;

/** The event in a record, or why there is none. */
export function readSpooledEvent(payload: Uint8Array): StorableEvent | string {
  try {
    const parsed = spooledEventSchema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `no event of this app: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  } catch (error) {
    return `no JSON: ${(error as Error).message}`;
  }
}
