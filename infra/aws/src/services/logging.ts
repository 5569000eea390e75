import { databaseSettings, nodeHealthCommand, nodeSettings } from './node-service';
import type { ServiceDefinition } from './service-definition';

const POOL_SIZE = 5;

export const logging: ServiceDefinition = {
  name: 'logging',
  port: 8001,
  size: { cpu: 256, memoryMib: 512, minCount: 1, maxCount: 4 },
  healthCommand: nodeHealthCommand(8001),
  calledBy: ['api', 'inference'],
  databaseConnectionsPerTask: POOL_SIZE,
  settings: (context) => ({
    ...nodeSettings(context),
    ...databaseSettings(context, 'logging_db'),
    DATABASE_POOL_SIZE: String(POOL_SIZE),
  }),
  secrets: {
    DATABASE_USER: { secret: 'database/logging', field: 'username' },
    DATABASE_PASSWORD: { secret: 'database/logging', field: 'password' },
    INTERNAL_TOKEN: { secret: 'internal', field: 'token' },
  },
};
