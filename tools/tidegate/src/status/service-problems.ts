import type { ServiceStatus } from './service-status';

type Judged = Pick<ServiceStatus, 'desired' | 'running' | 'pending' | 'deployments' | 'tasks' | 'targets'> & {
  /** Whether a load balancer sends it requests. */
  readonly hasTargetGroup: boolean;
};

/** Why a service is not healthy; empty when it is. */
export function problemsOf(status: Judged): string[] {
  return [
    ...countProblems(status),
    ...deploymentProblems(status),
    ...taskProblems(status),
    ...targetProblems(status),
  ];
}

function countProblems({ desired, running, pending }: Judged): string[] {
  if (running >= desired) return [];
  const starting = pending > 0 ? `, ${pending} starting` : '';
  return [`${running} of ${desired} tasks run${starting}`];
}

function deploymentProblems({ deployments }: Judged): string[] {
  return deployments
    .filter(({ rollout }) => rollout === 'FAILED')
    .map(
      ({ revision, reason }) => `the deployment of ${revision} failed: ${reason ?? 'ECS gives no reason'}`,
    );
}

function taskProblems({ tasks }: Judged): string[] {
  return tasks
    .filter(({ health }) => health === 'UNHEALTHY')
    .map(({ id }) => `the health check in the container of task ${id} fails`);
}

/** Targets that are only beginning (`initial`) or ending (`draining`) are no problem, nor are the others for a while. */
function targetProblems({ targets, tasks, desired, hasTargetGroup }: Judged): string[] {
  const failing = targets
    .filter(({ state }) => state === 'unhealthy' || state === 'unavailable')
    .map(
      ({ address, port, state, reason, description }) =>
        `target ${address}:${port} is ${state}: ${[reason, description].filter(Boolean).join(', ') || 'no reason given'}`,
    );
  // Also when they were never registered: then nobody is served, and no target says so.
  const receives = targets.some(({ state }) => state === 'healthy');
  if (hasTargetGroup && !receives && failing.length === 0 && desired > 0 && isSettled(tasks))
    return ['no target of the load balancer is healthy'];
  return failing;
}

function isSettled(tasks: Judged['tasks']): boolean {
  return (
    tasks.length > 0 && tasks.every(({ status, health }) => status === 'RUNNING' && health === 'HEALTHY')
  );
}
