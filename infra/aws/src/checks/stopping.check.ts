import type { Environment } from '../environments';
import type { AppFacts } from './app-facts';
import type { Problem } from './problem';

/** How starting, stopping and waiting times depend on each other. */
export function stoppingProblems(environment: Environment, { keepAliveTimeoutMs }: AppFacts): Problem[] {
  const { shutdown, health, edge } = environment;
  const problems: Problem[] = [];
  const stopSeconds = shutdown.readinessGraceSeconds + shutdown.drainTimeoutSeconds;
  if (shutdown.stopTimeoutSeconds <= stopSeconds)
    problems.push({
      what: `shutdown.stopTimeoutSeconds is ${shutdown.stopTimeoutSeconds}: ECS kills a task before it finished its requests.`,
      expected: `more than readinessGraceSeconds + drainTimeoutSeconds = ${stopSeconds}.`,
      remedy: 'Raise it (Fargate allows 120), or lower one of the two.',
    });
  if (shutdown.deregistrationDelaySeconds < shutdown.drainTimeoutSeconds)
    problems.push({
      what: `shutdown.deregistrationDelaySeconds is ${shutdown.deregistrationDelaySeconds}: the load balancer cuts requests that the app would still finish.`,
      expected: `at least drainTimeoutSeconds = ${shutdown.drainTimeoutSeconds}.`,
      remedy: 'Raise it, or lower shutdown.drainTimeoutSeconds.',
    });
  if (health.gracePeriodSeconds < health.container.startPeriodSeconds)
    problems.push({
      what: `health.gracePeriodSeconds is ${health.gracePeriodSeconds}: a task that is still starting is replaced for its failing target.`,
      expected: `at least container.startPeriodSeconds = ${health.container.startPeriodSeconds}.`,
      remedy: 'Raise it, or lower health.container.startPeriodSeconds.',
    });
  for (const kind of ['container', 'loadBalancer'] as const) {
    const { intervalSeconds, timeoutSeconds } = health[kind];
    if (timeoutSeconds >= intervalSeconds)
      problems.push({
        what: `health.${kind}.timeoutSeconds is ${timeoutSeconds}: a check would still run when the next one starts.`,
        expected: `less than intervalSeconds = ${intervalSeconds}.`,
        remedy: 'Lower it, or raise the interval.',
      });
  }
  if (edge.idleTimeoutSeconds * 1000 >= keepAliveTimeoutMs)
    problems.push({
      what: `edge.idleTimeoutSeconds is ${edge.idleTimeoutSeconds}: the apps close idle connections first, and the load balancer answers 502 now and then.`,
      expected: `less than the ${keepAliveTimeoutMs / 1000} s of the apps (KEEP_ALIVE_TIMEOUT_MS in libs/bootstrap).`,
      remedy: 'Lower it, or raise the keep-alive time of the apps.',
    });
  return problems;
}
