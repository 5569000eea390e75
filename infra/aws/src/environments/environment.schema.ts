import { z } from 'zod';
import { alarmSettings, budgetSettings } from './alarm-settings.schema';
import { databaseSettings, redisSettings } from './database-settings.schema';
import { edgeSettings } from './edge-settings.schema';
import { healthSettings, shutdownSettings } from './health-settings.schema';
import { networkSettings } from './network-settings.schema';
import { storageSettings } from './storage-settings.schema';
import { taskSettings } from './task-settings.schema';

/** The first and second part of every name: `<project>-<name>`, 24 characters at most together. */
const shortName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/,
    'expected 1 to 12 lower-case letters, digits and inner hyphens',
  );

/** One installation of Tidegate on AWS. Everything but its name has the default of a small installation. */
export const environmentSchema = z.strictObject({
  name: shortName,
  project: shortName.default('tidegate'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-west-2')
    .default('eu-west-2'),
  /** Guards against the wrong account; unset: the one the credentials belong to. */
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
    .optional(),
  /** S3 bucket of the Terraform state, versioned; without one the state is a local file. */
  stateBucket: z.string().min(3).max(63).optional(),
  /** Only `true` where a local state file and no deletion protection are acceptable. */
  isDisposable: z.boolean().default(false),
  /** Days of every CloudWatch log group. */
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731]).default(30),
  /** Days a deleted secret can be restored; 0 frees its name at once. */
  secretRecoveryDays: z.union([z.literal(0), z.int().min(7).max(30)]).default(7),
  network: networkSettings.prefault({}),
  storage: storageSettings.prefault({}),
  database: databaseSettings.prefault({}),
  /** Shared rate limits of several api tasks; without it each task counts for itself. */
  redis: redisSettings.optional(),
  tasks: taskSettings.prefault({}),
  health: healthSettings.prefault({}),
  shutdown: shutdownSettings.prefault({}),
  edge: edgeSettings.prefault({}),
  alarms: alarmSettings.prefault({}),
  budget: budgetSettings.prefault({}),
});

/** As written in `dev.ts`: only what differs from the defaults. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** As the stacks read it: complete and checked. */
export type Environment = Readonly<z.output<typeof environmentSchema>>;

/** `tidegate-dev`: what every name of the installation starts with. */
export function prefixOf(environment: Environment): string {
  return `${environment.project}-${environment.name}`;
}

/** Private DNS zone of the services: `mlflow.<project>-<name>.local`. */
export function namespaceOf(environment: Environment): string {
  return `${prefixOf(environment)}.local`;
}
