import { z } from 'zod';

/** When somebody is told. Percent unless the name says otherwise. */
export const alarmSettings = z.strictObject({
  /** Subscribed to the topic; AWS asks the address for consent. */
  emails: z.array(z.email()).default([]),
  unhealthyHosts: z
    .strictObject({
      threshold: z.number().default(1),
      periodSeconds: z.int().default(300),
      evaluationPeriods: z.int().default(2),
    })
    .prefault({}),
  responseTimeSeconds: z.number().default(1),
  serverErrorPercent: z.number().default(5),
  /** Answers with a 5xx of one service in five minutes, counted by itself. */
  serverErrorCount: z.int().default(10),
  cpuPercent: z.number().default(85),
  memoryPercent: z.number().default(85),
  databaseCpuPercent: z.number().default(80),
  databaseFreeStorageGib: z.number().default(4),
  databaseFreeMemoryMib: z.number().default(100),
  /** Of the connections the instance class has. */
  databaseConnectionPercent: z.number().default(80),
});

export const budgetSettings = z.strictObject({
  monthlyLimitUsd: z.int().min(1).default(200),
});
