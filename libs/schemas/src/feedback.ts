import { z } from 'zod';
import { predictionEventSchema } from './prediction-event';

const MAX_ACTUAL_CHARACTERS = 8192;

/**
 * What turned out to be true about one prediction, before or after the prediction itself arrives.
 *
 * The prediction is named as it names itself, by (`id`, UTC day): a UUIDv7 `id` is enough, another one needs the `day` or
 * the `timestamp` of the prediction.
 */
export const feedbackSchema = z.object({
  id: predictionEventSchema.shape.id,
  /** Compared with the label of the prediction as text; anything but null. */
  actual: z
    .json()
    .refine((actual) => actual !== null, 'expected a value')
    .refine(
      (actual) => JSON.stringify(actual).length <= MAX_ACTUAL_CHARACTERS,
      `expected at most ${MAX_ACTUAL_CHARACTERS} characters of JSON`,
    ),
  /** The one of the prediction, ISO 8601 with zone. */
  timestamp: predictionEventSchema.shape.timestamp,
  /** UTC day of the prediction, `2026-01-31`; wins over `timestamp`. */
  day: z.iso.date('expected a day, as 2026-01-31').optional(),
});

export type Feedback = z.infer<typeof feedbackSchema>;

/** What became of one item of a `POST /feedback`, in the order they were sent. */
export const feedbackItemResultSchema = z.object({
  id: z.string().optional(),
  /** `pending`: kept until its prediction comes. */
  status: z.enum(['applied', 'pending', 'rejected']),
  /** Why it was rejected. */
  reason: z.string().optional(),
});

/** Body of the answer to `POST /feedback`. */
export const feedbackAnswerSchema = z.object({
  applied: z.number().int(),
  pending: z.number().int(),
  rejected: z.number().int(),
  results: z.array(feedbackItemResultSchema),
});

export type FeedbackItemResult = z.infer<typeof feedbackItemResultSchema>;
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
