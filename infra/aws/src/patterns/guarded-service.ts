import type { GuardedService } from '../constructs/service-firewalls';
import { settingsOf, type ServiceContext, type ServiceDefinition } from '../services/service-definition';

type Called = GuardedService['calls'][number];

export interface Stores {
  readonly database: Called;
  /** Undefined where the environment has none. */
  readonly redis: Called | undefined;
}

/**
 * Whom a service may talk to, read from its definition.
 *
 * @param isPublic when the load balancer has another way to it than a public route
 */
export function guardedService(
  definition: ServiceDefinition,
  context: ServiceContext,
  { database, redis }: Stores,
  isPublic = false,
): GuardedService {
  const { name, port, calledBy, databaseConnectionsPerTask, publicRoutes } = definition;
  const settings = Object.values(settingsOf(definition, context));
  const calls: Called[] = [];
  if ((databaseConnectionsPerTask ?? 0) > 0) calls.push(database);
  // Whoever is told where Redis is.
  if (redis !== undefined && context.redisUrl !== undefined && settings.includes(context.redisUrl))
    calls.push(redis);
  return { name, port, calledBy, calls, isPublic: isPublic || publicRoutes !== undefined };
}
