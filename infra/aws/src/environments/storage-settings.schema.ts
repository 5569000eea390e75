import { z } from 'zod';

export const storageSettings = z.strictObject({
  /** An artifact bucket that exists already, in the same region; unset: one is made. */
  existingBucket: z
    .strictObject({
      name: z.string().min(3).max(63),
      region: z.string(),
      /** Its KMS key, when it has one of its own. */
      kmsKeyArn: z.string().startsWith('arn:').optional(),
    })
    .optional(),
  /** How long overwritten and deleted artifacts can be had back. */
  noncurrentVersionDays: z.int().min(1).default(90),
});
