import { databaseSettings, nodeHealthCommand, nodeSettings } from './node-service';
import type { ServiceDefinition } from './service-definition';

export const api: ServiceDefinition = {
  name: 'api',
  port: 8080,
  size: { cpu: 256, memoryMib: 512, minCount: 1, maxCount: 4 },
  healthCommand: nodeHealthCommand(8080),
  publicRoutes: { paths: ['/api/*', '/health'], healthPath: '/health' },
  calledBy: ['inference'],
  databaseConnectionsPerTask: 5,
  settings: (context) => ({
    ...nodeSettings(context),
    ...databaseSettings(context, 'api_db'),
    TIDEGATE_PROJECT: context.environment.project,
    TIDEGATE_ENVIRONMENT: context.environment.name,
    // The load balancer says whom it speaks for; nobody else is believed.
    TRUSTED_PROXY_CIDRS: context.loadBalancerNetworks.join(','),
    ...(context.redisUrl === undefined ? {} : { REDIS_URL: context.redisUrl }),
  }),
  secrets: {
    DATABASE_USER: { secret: 'database/api', field: 'username' },
    DATABASE_PASSWORD: { secret: 'database/api', field: 'password' },
    MLFLOW_USERNAME: { secret: 'mlflow', field: 'admin_username' },
    MLFLOW_PASSWORD: { secret: 'mlflow', field: 'admin_password' },
    API_KEY_PEPPER: { secret: 'api', field: 'pepper' },
    API_KEY_PEPPER_PREVIOUS: { secret: 'api', field: 'previous_pepper' },
    API_SERVICE_KEYS: { secret: 'api', field: 'service_keys' },
    API_BOOTSTRAP_KEY: { secret: 'api', field: 'bootstrap_key' },
    INTERNAL_TOKEN: { secret: 'internal', field: 'token' },
  },
};
