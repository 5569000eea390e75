import { z } from 'zod';

/** Size and number of a service's tasks. */
export const taskSize = z.strictObject({
  /** CPU units, 1024 = one vCPU. */
  cpu: z.literal([256, 512, 1024, 2048, 4096]).optional(),
  memoryMib: z.int().min(512).max(30_720).optional(),
  /** Tasks: of a fixed service its number, of an autoscaled one the least. */
  minCount: z.int().min(1).optional(),
  /** Of an autoscaled service. */
  maxCount: z.int().min(1).optional(),
});

export const taskSettings = z.strictObject({
  architecture: z.enum(['X86_64', 'ARM64']).default('X86_64'),
  /** `FARGATE_SPOT` costs about 70 % less and may be stopped with two minutes' notice. */
  capacity: z.enum(['FARGATE', 'FARGATE_SPOT']).default('FARGATE'),
  /**
   * Metrics of every service and its tasks, about $8 a service and month. Without them nothing is measured but
   * processor and memory, and there is no alarm on missing tasks.
   */
  hasContainerInsights: z.boolean().default(true),
  /** What inference serves: `name@alias` or `name/version`; the first is the default. */
  models: z.array(z.string().min(1)).min(1).default(['cifar10-model@production']),
  /** More environment variables of a service, such as `RETENTION_DAYS` of logging; not what Tidegate sets itself, no secret. */
  settings: z.record(z.string(), z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())).default({}),
  /** Where this environment differs from the size in the service's definition. */
  sizes: z.record(z.string(), taskSize).default({}),
  /** Autoscaling keeps the average below these, in percent. */
  targetCpuPercent: z.int().min(10).max(90).default(60),
  targetMemoryPercent: z.int().min(10).max(90).default(75),
});
