import {
  GetLogEventsCommand,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';

/** The last lines a container of a task wrote; none when it wrote none, or not to CloudWatch. */
export async function lastLogLines(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  taskId: string,
  count: number,
): Promise<readonly string[]> {
  const stream = streamOf(container, taskId);
  if (stream === undefined) return [];
  return (await pageOf(logs, { ...stream, limit: count, startFromHead: false })).lines;
}

/** All lines a container of a task wrote; none when it wrote none, or not to CloudWatch. */
export async function allLogLines(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  taskId: string,
): Promise<readonly string[]> {
  const stream = streamOf(container, taskId);
  if (stream === undefined) return [];
  const all: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await pageOf(logs, { ...stream, startFromHead: true, nextToken });
    all.push(...page.lines);
    // At the end CloudWatch gives back the token that it got.
    if (page.nextToken === undefined || page.nextToken === nextToken) return all;
    ({ nextToken } = page);
  }
}

type Stream = Pick<GetLogEventsCommandInput, 'logGroupName' | 'logStreamName'>;

function streamOf({ name, logConfiguration }: ContainerDefinition, taskId: string): Stream | undefined {
  const options = logConfiguration?.options;
  const logGroupName = options?.['awslogs-group'];
  const streamPrefix = options?.['awslogs-stream-prefix'];
  if (logGroupName === undefined || streamPrefix === undefined) return undefined;
  return { logGroupName, logStreamName: `${streamPrefix}/${name}/${taskId}` };
}

async function pageOf(
  logs: CloudWatchLogsClient,
  input: GetLogEventsCommandInput,
): Promise<{ lines: readonly string[]; nextToken?: string | undefined }> {
  try {
    const { events = [], nextForwardToken } = await logs.send(new GetLogEventsCommand(input));
    return { lines: events.map(({ message = '' }) => message.trimEnd()), nextToken: nextForwardToken };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { lines: [] };
    throw error;
  }
}
