import {
  GetLogEventsCommand,
  ResourceNotFoundException,
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ContainerDefinition, Task } from '@aws-sdk/client-ecs';
import { taskIdOf } from '../services/read-tasks';
import type { LogLine } from './diagnosis-facts';

/** The end of a task's log says why it ended. */
const TAIL_LINES = 50;
const TAILED_TASKS = 5;
/** Each page costs a request; a busy service has more errors than anybody reads. */
const MOST_PAGES = 20;
/** Words of trouble, one of which is enough. */
const TROUBLE =
  '?error ?Error ?ERROR ?fatal ?FATAL ?CRITICAL ?warn ?WARN ?Traceback ?refused ?denied ?Denied ?failed ?timeout ?"timed out" ?" 404"';

/** Troubled lines of all tasks, and the last lines of those that stopped, by time. */
export async function readLogs(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  stopped: readonly Task[],
  sinceMs: number,
): Promise<readonly LogLine[]> {
  const options = container.logConfiguration?.options;
  const group = options?.['awslogs-group'];
  if (group === undefined) return [];
  const prefix = `${options?.['awslogs-stream-prefix']}/${container.name}/`;
  const streams = stopped.slice(0, TAILED_TASKS).map((task) => prefix + taskIdOf(task));
  const [troubled, ...tails] = await Promise.all([
    troubledLines(logs, group, sinceMs),
    ...streams.map((stream) => tailOf(logs, group, stream)),
  ]);
  return withoutTwins([...troubled, ...tails.flat()]).sort(
    (one, other) => one.at.getTime() - other.at.getTime(),
  );
}

async function troubledLines(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let pages = 0;
  const request = { logGroupName, startTime, filterPattern: TROUBLE };
  for await (const page of paginateFilterLogEvents({ client: logs }, request)) {
    for (const { timestamp = 0, message = '', logStreamName = '' } of page.events ?? [])
      lines.push({ at: new Date(timestamp), stream: logStreamName, message: message.trimEnd() });
    pages += 1;
    if (pages >= MOST_PAGES) break;
  }
  return lines;
}

/** None for a task that stopped before it wrote a line: it has no stream. */
async function tailOf(logs: CloudWatchLogsClient, logGroupName: string, stream: string): Promise<LogLine[]> {
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName,
        logStreamName: stream,
        limit: TAIL_LINES,
        startFromHead: false,
      }),
    );
    return events.map(({ timestamp = 0, message = '' }) => ({
      ...{ at: new Date(timestamp), stream, message: message.trimEnd() },
    }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

function withoutTwins(lines: readonly LogLine[]): LogLine[] {
  return [
    ...new Map(lines.map((line) => [`${line.stream} ${line.at.getTime()} ${line.message}`, line])).values(),
  ];
}
