import { z } from 'zod';

/**
 * Any JSON value but a missing one. It comes from JSON.parse, so it is one: walking through it again would cost more than
 * all other checks of an event.
 */
const json = z.unknown().refine((value) => value !== undefined, 'expected a JSON value');

/**
 * One prediction, as inference (or anything else) reports it and the prediction log stores it.
 *
 * Identity is (`id`, UTC day): the day comes from a UUIDv7 `id`, else from `timestamp`.
 */
export const predictionEventSchema = z.object({
  /** UUIDv7 or any text of 1–128 visible characters. */
  id: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'expected 1 to 128 visible ASCII characters'),
  /** When the prediction was made, ISO 8601 with zone. Required unless `id` is a UUIDv7. */
  timestamp: z.iso
    .datetime({ offset: true, error: 'expected ISO 8601 with zone, as 2026-01-31T12:00:00Z' })
    .optional(),
  model: z.string().min(1).max(256),
  version: z.string().min(1).max(64),
  alias: z.string().max(256).optional(),
  inputs: json.optional(),
  outputs: json,
  /** At most a day: more is a mistake in units, and sums of such numbers would not fit any more. */
  latency_ms: z.number().nonnegative().max(86_400_000).optional(),
  /** Whether the prediction says "defect"; when absent the log's rule for the model decides. */
  defect: z.boolean().optional(),
  request_id: z.string().max(128).optional(),
  traceparent: z.string().max(128).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Whom the prediction is about, as the sender calls them: their predictions can be deleted by it. */
  subject: z.string().min(1).max(128).optional(),
});

export type PredictionEvent = z.infer<typeof predictionEventSchema>;
