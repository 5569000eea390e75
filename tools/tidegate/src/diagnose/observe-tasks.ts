import type { Container, Task } from '@aws-sdk/client-ecs';
import type { ServiceObservation } from '../services/service-observation';
import { stopReasonOf, taskIdOf } from '../services/read-tasks';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Observation } from './observation';

const PLANNED_STOP = /^Scaling activity initiated by/;
const TROUBLED_EVENT =
  /unable|unhealthy|failed|fail |rolling back|interrupt|not have enough|without|alarm|timed? ?out|deregister.*unused/i;

/** What ECS says of tasks that stopped by themselves, of those that run, of deployments, and in its events. */
export function observeTasks({ observation, stoppedTasks, sinceMs }: DiagnosisFacts): Observation[] {
  return [
    ...stoppedTasks.filter((task) => !wasPlanned(task)).flatMap(stoppedTask),
    ...observation.tasks.flatMap(runningTask),
    ...deployments(observation),
    ...events(observation, sinceMs),
  ];
}

/** By a deployment, by scaling, by a person: nothing is wrong with it. */
export function wasPlanned({ stopCode, stoppedReason = '' }: Task): boolean {
  return stopCode === 'UserInitiated' || PLANNED_STOP.test(stoppedReason);
}

function stoppedTask(task: Task): Observation[] {
  const { stoppedAt, containers = [] } = task;
  const about = { count: 1, isTrouble: true, ...(stoppedAt !== undefined && { at: stoppedAt }) };
  const subject = taskIdOf(task);
  return [
    { ...about, source: 'stopped task', subject, text: stopReasonOf(task) },
    ...containers
      .map((container) => ({ name: container.name ?? '', text: endOf(container) }))
      .filter(({ text: end }) => end !== '')
      .map(({ name, text: end }) => ({ ...about, source: 'container' as const, subject: name, text: end })),
  ];
}

/** An exit code of 0 is no trouble of its own. */
function endOf({ exitCode, reason, healthStatus }: Container): string {
  return [
    exitCode !== undefined && exitCode !== 0 ? `exit code ${exitCode}` : '',
    reason ?? '',
    healthStatus === 'UNHEALTHY' ? 'health check UNHEALTHY' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function runningTask(task: Task): Observation[] {
  if (task.healthStatus !== 'UNHEALTHY') return [];
  return [
    {
      source: 'task',
      subject: taskIdOf(task),
      text: 'container health check UNHEALTHY',
      count: 1,
      isTrouble: true,
    },
  ];
}

function deployments({ service }: ServiceObservation): Observation[] {
  return (service.deployments ?? []).flatMap(({ id = '', rolloutState, rolloutStateReason, updatedAt }) => {
    const text = [rolloutState, rolloutStateReason].filter(Boolean).join(': ');
    if (rolloutState !== 'FAILED' && !/rolling back/i.test(text)) return [];
    const at = updatedAt === undefined ? {} : { at: updatedAt };
    return [{ source: 'deployment' as const, subject: id, text, count: 1, isTrouble: true, ...at }];
  });
}

function events({ service }: ServiceObservation, sinceMs: number): Observation[] {
  return (service.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= sinceMs)
    .map(({ createdAt, message = '' }) => ({
      source: 'event',
      subject: '',
      text: message,
      count: 1,
      isTrouble: TROUBLED_EVENT.test(message),
      ...(createdAt !== undefined && { at: createdAt }),
    }));
}
