import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import { countProgress, replacementProgress, rolloutProgress } from './wait-until-stable';

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

  it('waits while ECS still describes the service as it was before', () => {
    const newest = rolloutProgress(ID, new Date('2026-11-25T12:00:00Z'));
    const old = deployment({
      id: 'ecs-svc/1',
      rolloutState: 'COMPLETED',
      createdAt: new Date('2026-11-25T10:00:00Z'),
    });
    expect(newest(service([old]))).toEqual({ state: 'waiting', text: 'the deployment is about to begin' });
    const later = { ...old, createdAt: new Date('2026-11-25T12:01:00Z') };
    expect(newest(service([later])).state).toBe('failed');
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
  const progress = countProgress({ before: 3, count: 2 });

  it('is done when as many run as are wanted, and none is starting', () => {
    expect(progress(service([]))).toEqual({ state: 'done' });
    expect(progress(service([], { runningCount: 1, pendingCount: 1 }))).toEqual({
      state: 'waiting',
      text: '1 of 2 tasks run, 1 are starting',
    });
    expect(progress(service([], { runningCount: 3 })).state).toBe('waiting');
  });

  it('is not done while ECS still describes the service as it was before', () => {
    expect(progress(service([], { desiredCount: 3, runningCount: 3 }))).toEqual({
      state: 'waiting',
      text: '3 tasks are still wanted, not 2',
    });
    // Autoscaling has gone on from there.
    expect(progress(service([], { desiredCount: 1, runningCount: 1 })).state).toBe('done');
    expect(countProgress({ before: 2, count: 2 })(service([])).state).toBe('done');
  });
});

describe('the progress of a replacement', () => {
  const task = (id: string, changes: Partial<Task> = {}): Task => ({
    taskArn: `arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/${id}`,
    lastStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    ...changes,
  });
  const progress = (...tasks: Task[]) => replacementProgress('old', service([]), tasks);

  it('is done when as many others run as are wanted, whatever the service says', () => {
    expect(progress(task('a'), task('old'))).toEqual({ state: 'waiting', text: '1 of 2 other tasks run' });
    expect(progress(task('a'), task('b', { lastStatus: 'PROVISIONING' })).state).toBe('waiting');
    expect(progress(task('a'), task('b', { healthStatus: 'UNHEALTHY' })).state).toBe('waiting');
    expect(progress(task('a'), task('b'), task('old'))).toEqual({
      state: 'waiting',
      text: 'old is being stopped',
    });
    expect(progress(task('a'), task('b', { healthStatus: 'UNKNOWN' }))).toEqual({ state: 'done' });
  });
});
