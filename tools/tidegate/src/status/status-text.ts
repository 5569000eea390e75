import type { Paint } from '../terminal/paint';
import { tableLines } from '../terminal/table';
import { ageOf } from '../operations/duration';
import { shortVersionOf } from '../services/read-image';
import type { ServiceState, ServiceStatus, TargetStatus } from './service-status';

const HEADINGS = ['SERVICE', 'STATE', 'TASKS', 'PENDING', 'DEPLOYMENT', 'HEALTH', 'TARGETS', 'IMAGE'];
const EVENTS_OF_ALL = 5;

/** All services in a table, then what is wrong and what happened last. */
export function statusLines(services: readonly ServiceStatus[], nowMs: number, paint: Paint): string[] {
  return [
    ...tableLines(
      HEADINGS,
      services.map((service) => serviceCells(service, paint)),
    ),
    ...services.flatMap(({ name, problems }) =>
      problems.map((problem) => paint.bad(`! ${name}: ${problem}`)),
    ),
    ...(services.length === 1
      ? services.flatMap((service) => detailLines(service, nowMs, paint))
      : eventLines(newestEvents(services), nowMs, paint)),
  ];
}

function serviceCells(service: ServiceStatus, paint: Paint): string[] {
  const { name, state, desired, running, pending, deployments, tasks, targets, image } = service;
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0];
  const healthy = tasks.filter(({ health }) => health === 'HEALTHY').length;
  return [
    name,
    colourOf(state, paint)(state),
    `${running}/${desired}`,
    String(pending),
    primary === undefined ? '-' : `${primary.rollout.toLowerCase()} ${primary.revision.split(':').at(-1)}`,
    tasks.length === 0 ? '-' : `${healthy}/${tasks.length} healthy`,
    targetSummary(targets),
    shortVersionOf(image),
  ];
}

function colourOf(state: ServiceState, paint: Paint): (text: string) => string {
  if (state === 'unhealthy') return paint.bad;
  return state === 'healthy' ? paint.good : paint.doubtful;
}

function targetSummary(targets: readonly TargetStatus[]): string {
  if (targets.length === 0) return '-';
  const healthy = targets.filter(({ state }) => state === 'healthy').length;
  return `${healthy}/${targets.length} healthy`;
}

function detailLines(service: ServiceStatus, nowMs: number, paint: Paint): string[] {
  const { deployments, tasks, stoppedTasks, targets, image, events } = service;
  return [
    ...section(
      ['DEPLOYMENT', 'STATUS', 'ROLLOUT', 'TASKS', 'FAILED', 'REASON'],
      deployments.map(({ revision, status, rollout, running, desired, failedTasks, reason }) => [
        ...[revision, status, rollout, `${running}/${desired}`, String(failedTasks), reason ?? ''],
      ]),
    ),
    ...section(
      ['TASK', 'REVISION', 'STATUS', 'HEALTH', 'ADDRESS', 'ZONE', 'AGE'],
      tasks.map(({ id, revision, status, health, address = '-', zone = '-', startedAt }) => [
        ...[id, revision, status, health, address, zone, ageOf(startedAt, nowMs)],
      ]),
    ),
    ...section(
      ['STOPPED TASK', 'AGE', 'REASON', 'CONTAINERS'],
      stoppedTasks.map(({ id, at, reason, containers }) => [
        id,
        ageOf(at, nowMs),
        reason,
        containers.join('; '),
      ]),
    ),
    ...section(
      ['TARGET', 'STATE', 'REASON', 'DESCRIPTION'],
      targets.map(({ address, port, state, reason = '', description = '' }) => [
        ...[`${address}:${port ?? ''}`, state, reason, description],
      ]),
    ),
    ...settingsLines(service),
    `Image ${image.reference}${image.tags.length > 0 ? ` (${image.tags.join(', ')})` : ''}`,
    ...eventLines(events, nowMs, paint),
  ];
}

function settingsLines({ deploymentSettings: rules, taskSettings: task }: ServiceStatus): string[] {
  const { minimumHealthyPercent = 100, maximumPercent = 200, circuitBreaker, alarms } = rules;
  const { cpu, memoryMib, architecture, healthCheck, environment, secrets } = task;
  const stopping = [
    `circuit breaker ${circuitBreaker}`,
    ...(alarms.length > 0 ? [`alarms ${alarms.join(', ')}`] : []),
  ];
  return [
    ...section(
      ['SETTING', 'VALUE'],
      [
        ...Object.entries(environment),
        ...Object.entries(secrets).map(([name, from]) => [name, `secret ${from}`]),
      ],
    ),
    '',
    `A deployment keeps ${minimumHealthyPercent} % to ${maximumPercent} % of the tasks; ${stopping.join('; ')}`,
    `Task definition ${task.revision}: cpu ${cpu}, memory ${memoryMib} MiB, ${architecture}`,
    `Health check ${healthCheck ?? 'none'}`,
  ];
}

function section(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', ...tableLines(headings, rows)];
}

function eventLines(events: ServiceStatus['events'], nowMs: number, paint: Paint): string[] {
  if (events.length === 0) return [];
  const lines = events.map(({ at, message }) => `${ageOf(at, nowMs).padStart(4)}  ${message}`);
  return ['', paint.heading('LAST EVENTS'), ...lines];
}

function newestEvents(services: readonly ServiceStatus[]): ServiceStatus['events'] {
  return services
    .flatMap(({ events }) => events)
    .sort((one, other) => (other.at?.getTime() ?? 0) - (one.at?.getTime() ?? 0))
    .slice(0, EVENTS_OF_ALL);
}
