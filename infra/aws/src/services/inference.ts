import { namespaceOf } from '../environments';
import { nodeHealthCommand, nodeSettings } from './node-service';
import type { ServiceDefinition } from './service-definition';

export const inference: ServiceDefinition = {
  name: 'inference',
  port: 8000,
  size: { cpu: 256, memoryMib: 512, minCount: 1, maxCount: 4 },
  healthCommand: nodeHealthCommand(8000),
  calledBy: ['api'],
  settings: (context) => ({
    ...nodeSettings(context),
    MODELS: context.environment.tasks.models.join(','),
    // Through the gateway: MLflow itself admits nobody but the api.
    MLFLOW_TRACKING_URI: `http://api.${namespaceOf(context.environment)}:8080/api/mlflow`,
    LOGGING_URL: `http://logging.${namespaceOf(context.environment)}:8001`,
    MODEL_CACHE_DIR: '/tmp/models',
    // It lives as long as the task: enough for an absence of the log, not for a lost task.
    LOG_SPOOL_DIR: '/tmp/events',
  }),
  secrets: {
    MLFLOW_TRACKING_TOKEN: { secret: 'inference', field: 'mlflow_token' },
    INTERNAL_TOKEN: { secret: 'internal', field: 'token' },
  },
};
