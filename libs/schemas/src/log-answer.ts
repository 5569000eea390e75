import { z } from 'zod';

/**
 * What became of one event of a `POST /log`, in the order they were sent. `spooled`: it is on the disk of the log, and will be
 * stored when the database is back.
 */
export const logItemResultSchema = z.object({
  id: z.string().optional(),
  status: z.enum(['stored', 'duplicate', 'spooled', 'rejected']),
  /** Why it was rejected. */
  reason: z.string().optional(),
});

/** Body of the answer to `POST /log`. */
export const logAnswerSchema = z.object({
  stored: z.number().int(),
  duplicates: z.number().int(),
  /** Missing in answers of earlier versions. */
  spooled: z.number().int().default(0),
  rejected: z.number().int(),
  results: z.array(logItemResultSchema),
});

export type LogItemResult = z.infer<typeof logItemResultSchema>;
export type LogAnswer = z.infer<typeof logAnswerSchema>;
