/** The three apps of this repository, in the order in which they are stopped. */
export const APP_NAMES = ['api', 'inference', 'logging'] as const;
export type AppName = (typeof APP_NAMES)[number];

/** Every service of the stack, in the order in which they are stopped: nothing ends before what uses it. */
export const SERVICE_NAMES = [...APP_NAMES, 'mlflow', 'redis', 'postgres'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** How lines and tables call a service. */
export const SERVICE_TITLES: Record<ServiceName, string> = {
  api: 'api',
  inference: 'inference',
  logging: 'logging',
  mlflow: 'MLflow',
  redis: 'Redis',
  postgres: 'PostgreSQL',
};
