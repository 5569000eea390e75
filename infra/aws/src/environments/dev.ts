import type { EnvironmentInput } from './environment.schema';

/** For trying things out: one of everything, plain HTTP, all of it can be destroyed and made again. */
export const dev: EnvironmentInput = {
  name: 'dev',
  isDisposable: true,
  logRetentionDays: 7,
  secretRecoveryDays: 0,
  // One MLflow task instead of two saves $21 a month; `-var desired_count=2` is the other choice.
  tasks: {
    sizes: {
      mlflow: { minCount: 1 },
      api: { maxCount: 2 },
      inference: { maxCount: 2 },
      logging: { maxCount: 2 },
    },
  },
};
