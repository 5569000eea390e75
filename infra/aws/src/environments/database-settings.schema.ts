import { z } from 'zod';

export const databaseSettings = z.strictObject({
  /** Major version only: AWS chooses the minor one and keeps it patched. */
  engineVersion: z.string().default('15'),
  instanceClass: z
    .string()
    .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'expected an instance class such as db.t3.micro')
    .default('db.t3.micro'),
  storageGib: z.int().min(20).default(20),
  /** Storage grows by itself up to here. */
  maxStorageGib: z.int().min(20).default(100),
  backupDays: z.int().min(1).max(35).default(7),
  isMultiAz: z.boolean().default(false),
  /** Refuses deletion, and takes a last snapshot when it is allowed after all. */
  isProtected: z.boolean().default(false),
  performanceInsightsDays: z.literal([7, 31, 93, 186, 372, 731]).default(7),
});

export const redisSettings = z.strictObject({
  nodeType: z
    .string()
    .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'expected a node type such as cache.t4g.micro')
    .default('cache.t4g.micro'),
  nodeCount: z.int().min(1).max(3).default(2),
});
