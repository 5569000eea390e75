import { CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, type ContainerDefinition, type Service, type Task } from '@aws-sdk/client-ecs';
import type { LogLine } from '../diagnose/diagnosis-facts';
import { readLogs } from '../diagnose/read-logs';
import type { Installation } from '../installation';
import { nameOf } from '../services/read-services';
import { readTasks, taskIdOf } from '../services/read-tasks';
import { readDefinition } from '../services/service-observation';
import { lastLogLines } from '../setup-task/task-logs';

/** So far back the log is read for tasks that run for longer; a busy service writes a lot. */
const LOOKED_BACK_MS = 24 * 3_600_000;

/** What is in CloudWatch of a service whose tasks run. */
export interface ServiceLog {
  readonly group: string;
  readonly runningTasks: number;
  /** How many of them wrote at least one line. */
  readonly writingTasks: number;
  /** When the oldest of them started, or a day ago when that is longer ago. */
  readonly since: Date;
  /** Lines since then with a word of trouble, by time. Undefined: there is no such group. */
  readonly lines?: readonly LogLine[];
}

/** Undefined when the service's container names no log group. */
export async function readServiceLog(
  { prefix, region }: Installation,
  service: Service,
  nowMs: number,
): Promise<ServiceLog | undefined> {
  const [ecs, logs] = [new ECSClient({ region }), new CloudWatchLogsClient({ region })];
  const [definition, tasks] = await Promise.all([
    readDefinition(ecs, service.taskDefinition),
    readTasks(ecs, prefix, nameOf(service), 'RUNNING'),
  ]);
  const container = definition.containerDefinitions?.[0] ?? {};
  const group = container.logConfiguration?.options?.['awslogs-group'];
  if (group === undefined) return undefined;
  const sinceMs = Math.max(nowMs - LOOKED_BACK_MS, Math.min(nowMs, ...tasks.map(startMs)));
  const [lines, newest] = await Promise.all([
    troubledLines(logs, container, sinceMs),
    Promise.all(tasks.map((task) => lastLogLines(logs, container, taskIdOf(task), 1))),
  ]);
  return {
    ...{ group, since: new Date(sinceMs) },
    runningTasks: tasks.length,
    writingTasks: newest.filter((found) => found.length > 0).length,
    ...(lines !== undefined && { lines }),
  };
}

/** Of a task that has not started yet, when it was made; when not even that is known, long ago. */
function startMs({ startedAt, createdAt }: Task): number {
  return (startedAt ?? createdAt)?.getTime() ?? 0;
}

async function troubledLines(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  sinceMs: number,
): Promise<readonly LogLine[] | undefined> {
  try {
    return await readLogs(logs, container, [], sinceMs);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
