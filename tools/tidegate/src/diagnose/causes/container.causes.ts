import { START, type Cause } from './cause';

export const CONTAINER_CAUSES: readonly Cause[] = [
  {
    id: 'out-of-memory',
    title: 'The container needs more memory than it has and was killed.',
    remedy: [
      'Give it more: tasks.sizes.{service}.memoryMib in infra/aws/src/environments/{env}.ts, then deploy {env}-services.',
      'For inference: fewer models or fewer workers; each worker holds a copy of the model.',
    ],
    signs: [
      { sources: START, pattern: /OutOfMemory|killed due to memory usage/i },
      { sources: ['log'], pattern: /JavaScript heap out of memory|Cannot allocate memory|MemoryError/ },
    ],
  },
  {
    id: 'configuration-invalid',
    title: 'The settings of the service are not right; it says which.',
    remedy: [
      'The lines below name each. Plain settings are made by infra/aws: deploy {env}-services; secrets by "tidegate setup {env}".',
      'Did it run before? "tidegate rollback {env} {service}".',
    ],
    signs: [
      {
        sources: ['log'],
        pattern: /The configuration of \S+ has \d+ problem|MLflow's environment is not right/,
      },
    ],
  },
  {
    id: 'killed',
    title: 'The container was killed (137): out of memory, or not stopped within its time.',
    remedy: [
      'Look at the memory of the service on the dashboard: near 100 % it is that, and tasks.sizes.{service}.memoryMib the remedy.',
      'If not, it took longer to stop than shutdown.stopTimeoutSeconds.',
    ],
    signs: [{ sources: ['container'], pattern: /exit code 137/ }],
    isSymptom: true,
  },
  {
    id: 'container-health-check',
    title: 'The health check in the container fails.',
    remedy: [
      'The program does not answer on its port: its log says why ("tidegate logs {env} {service} --since 1h").',
      'Does it only start slowly? Raise health.container.startPeriodSeconds of the environment.',
    ],
    signs: [
      { sources: START, pattern: /failed container health checks|health check UNHEALTHY/i },
      { sources: ['task'], pattern: /UNHEALTHY/ },
    ],
    isSymptom: true,
  },
  {
    id: 'crash-loop',
    title: 'Tasks end again and again soon after they start.',
    remedy: [
      'Their last lines are below, more with "tidegate logs {env} {service} --since 1h".',
      'Did it run before? "tidegate rollback {env} {service}".',
    ],
    signs: [
      { sources: ['event'], pattern: /unable to consistently start tasks successfully/ },
      { sources: ['deployment', 'event'], pattern: /tasks? failed to start/i },
    ],
    isSymptom: true,
  },
  {
    id: 'essential-container-exited',
    title: 'The program in the container ended by itself.',
    remedy: [
      'Its last lines are below: what it says is the cause. 1 is an error it knows of, 139 and 134 a crash of native code.',
    ],
    signs: [
      { sources: ['stopped task'], pattern: /Essential container in task exited|EssentialContainerExited/ },
    ],
    isSymptom: true,
  },
  {
    id: 'deployment-rolled-back',
    title: 'ECS gave the deployment up and put the tasks of before back.',
    remedy: ['The service runs as before. Mend what is below, then deploy again.'],
    signs: [
      {
        sources: ['deployment', 'event'],
        pattern: /circuit breaker|rolling back|deployment failed|alarm detected/i,
      },
    ],
    isSymptom: true,
  },
];
