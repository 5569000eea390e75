import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceObservation } from '../services/service-observation';
import { createPaint } from '../terminal/paint';
import { serviceStatus } from './service-status';
import { statusLines } from './status-text';

const definitionArn = (revision: number) =>
  `arn:aws:ecs:eu-west-2:123456789012:task-definition/tidegate-dev-api:${revision}`;

const primary = (changes: Partial<Deployment> = {}): Deployment => ({
  id: 'ecs-svc/2463512098347561029',
  status: 'PRIMARY',
  taskDefinition: definitionArn(7),
  desiredCount: 1,
  runningCount: 1,
  failedTasks: 0,
  rolloutState: 'COMPLETED',
  rolloutStateReason: 'ECS deployment ecs-svc/2463512098347561029 completed.',
  ...changes,
});

const task = (changes: Partial<Task> = {}): Task => ({
  taskArn: 'arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/0b69d5c0d6554c0b8a1d1d5f4e9a7f11',
  taskDefinitionArn: definitionArn(7),
  lastStatus: 'RUNNING',
  healthStatus: 'HEALTHY',
  startedAt: new Date('2026-11-25T10:00:00Z'),
  ...changes,
});

const targets = (...states: TargetHealthStateEnum[]): ServiceObservation['targets'] => [
  {
    group: { TargetGroupName: 'tidegate-dev-api' },
    targets: states.map((State) => ({ Target: { Id: '10.0.128.7', Port: 8080 }, TargetHealth: { State } })),
  },
];

const observed = (
  service: Partial<Service>,
  tasks: readonly Task[] = [task()],
  observedTargets: ServiceObservation['targets'] = targets('healthy'),
): ServiceObservation => ({
  service: {
    serviceName: 'api',
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    deployments: [primary()],
    ...service,
  },
  definition: {},
  image: {
    reference: 'r@sha256:1',
    digest: `sha256:${'1'.repeat(64)}`,
    tags: ['0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'],
  },
  tasks,
  targets: observedTargets,
});

const judged = (...observation: Parameters<typeof observed>) => {
  const { state, problems } = serviceStatus(observed(...observation));
  return { state, problems };
};

describe('the state of a service', () => {
  it('is healthy when all its tasks run and the rollout is done', () => {
    expect(judged({})).toEqual({ state: 'healthy', problems: [] });
  });

  it('is deploying while tasks are being replaced and none is missing', () => {
    const deployments = [
      primary({ rolloutState: 'IN_PROGRESS', runningCount: 0, taskDefinition: definitionArn(8) }),
      primary({ id: 'ecs-svc/1', status: 'ACTIVE' }),
    ];
    const rolling = targets('healthy', 'initial', 'draining');
    expect(judged({ deployments }, [task()], rolling)).toEqual({ state: 'deploying', problems: [] });
  });

  it('is unhealthy when tasks are missing', () => {
    expect(judged({ runningCount: 0, pendingCount: 1 }, [], [])).toEqual({
      state: 'unhealthy',
      problems: ['0 of 1 tasks run, 1 starting'],
    });
  });

  it('is unhealthy when its rollout failed, though the tasks of before still run', () => {
    const rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
    expect(judged({ deployments: [primary({ rolloutState: 'FAILED', rolloutStateReason })] })).toEqual({
      state: 'unhealthy',
      problems: [
        'the deployment of tidegate-dev-api:7 failed: ECS deployment circuit breaker: tasks failed to start.',
      ],
    });
  });

  it('is unhealthy when settled tasks get no traffic', () => {
    expect(judged({}, [task()], targets('draining')).problems).toEqual([
      'no target of the load balancer is healthy',
    ]);
    // Nothing was ever registered in its group.
    expect(judged({}, [task()], targets()).problems).toEqual(['no target of the load balancer is healthy']);
    // It has no group.
    expect(judged({}, [task()], [])).toEqual({ state: 'healthy', problems: [] });
    expect(judged({}, [task({ healthStatus: 'UNKNOWN' })], targets()).state).toBe('healthy');
    // A task that is only starting is given its time.
    expect(judged({}, [task({ healthStatus: 'UNKNOWN' })], targets('initial')).state).toBe('healthy');
  });

  it('is stopped when nobody wants a task', () => {
    expect(judged({ desiredCount: 0, runningCount: 0 }, [], [])).toEqual({ state: 'stopped', problems: [] });
  });
});

describe('the status for people', () => {
  const nowMs = Date.parse('2026-11-25T12:30:00Z');

  it('shows the commit of the image, ages, and colours only when asked', () => {
    const status = serviceStatus(
      observed({
        runningCount: 0,
        events: [
          {
            createdAt: new Date('2026-11-25T12:29:00Z'),
            message: '(service api) has begun draining connections',
          },
        ],
      }),
    );
    const plain = statusLines([status], nowMs, createPaint(false));

    expect(plain[1]).toBe(
      'api      unhealthy  0/1    0        completed 7  1/1 healthy  1/1 healthy  0a1b2c3d4e5f',
    );
    expect(plain).toContain('! api: 0 of 1 tasks run');
    expect(plain).toContain(
      '0b69d5c0d6554c0b8a1d1d5f4e9a7f11  tidegate-dev-api:7  RUNNING  HEALTHY  -        -     2h',
    );
    expect(plain.at(-1)).toBe(' 60s  (service api) has begun draining connections');
    const coloured = statusLines([status], nowMs, createPaint(true));
    expect(coloured[1]).toContain('\u001b[31munhealthy\u001b[0m');
    expect(coloured[1]?.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain[1]);
  });
});
