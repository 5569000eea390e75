import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { countProgress, rolloutProgress } from './wait-until-stable';

const ID = 'ecs-svc/2463512098347561029';
const deployment = (changes: Partial<Deployment> = {}): Deployment => ({
  id: ID,
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  desiredCount: 2,
  runningCount: 1,
  ...changes,
});
const service = (deployments: Deployment[], changes: Partial<Service> = {}): Service => ({
  ...{ desiredCount: 2, runningCount: 2, pendingCount: 0 },
  deployments,
  ...changes,
});
const before = deployment({ id: 'ecs-svc/1', status: 'ACTIVE', rolloutState: 'COMPLETED' });

describe('the progress of a deployment', () => {
  const progress = rolloutProgress(ID);

  it('waits until it alone is left and complete', () => {
    expect(progress(service([deployment({ failedTasks: 3 }), before], { runningCount: 3 }))).toEqual({
      state: 'waiting',
      text: '1 of 2 new tasks run, 3 in all, 3 failed',
    });
    const done = deployment({ rolloutState: 'COMPLETED', runningCount: 2 });
    expect(progress(service([done, before])).state).toBe('waiting');
    expect(progress(service([done], { runningCount: 1 })).state).toBe('waiting');
    expect(progress(service([done]))).toEqual({ state: 'done' });
  });

  it('fails when the circuit breaker stopped it', () => {
    const rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
    expect(progress(service([deployment({ rolloutState: 'FAILED', rolloutStateReason })]))).toEqual({
      state: 'failed',
      reason: `ECS gave the deployment up or another one took its place (${rolloutStateReason}).`,
    });
  });

  it('fails when the service was rolled back, though all of it is well again', () => {
    const rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.`;
    const back = deployment({ id: 'ecs-svc/3', rolloutState: 'COMPLETED', rolloutStateReason });
    for (const deployments of [[back], [back, deployment({ status: 'ACTIVE' })]])
      expect(progress(service(deployments))).toEqual({
        state: 'failed',
        reason: `ECS gave the deployment up or another one took its place (${rolloutStateReason}).`,
      });
  });
});

describe('the progress of a number of tasks', () => {
  it('is done when as many run as are wanted, and none is starting', () => {
    expect(countProgress(service([]))).toEqual({ state: 'done' });
    expect(countProgress(service([], { runningCount: 1, pendingCount: 1 }))).toEqual({
      state: 'waiting',
      text: '1 of 2 tasks run, 1 are starting',
    });
    expect(countProgress(service([], { runningCount: 3 })).state).toBe('waiting');
  });
});
