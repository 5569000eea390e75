import { startService, type RunningService, type ServiceDefinition } from '@tidegate/bootstrap';
import type { ApiConfig } from './api.config';
import { AppModule } from './app.module';
import { apiCloudWatchMetrics } from './cloudwatch-metrics';
import { Gateway } from './gateway/gateway';

/** Starts the api; `overrides` are for tests. */
export function startApi(
  config: ApiConfig,
  overrides: Partial<ServiceDefinition> = {},
): Promise<RunningService> {
  return startService({
    name: 'api',
    module: AppModule.register(config),
    // The token is for the services behind the api; its own callers present API keys.
    settings: { ...config, internalToken: undefined },
    cloudWatch: { service: 'api', metrics: apiCloudWatchMetrics(config.mlflow.hostname) },
    configure: (fastify, app) => app.get(Gateway).mount(fastify),
    ...overrides,
  });
}
