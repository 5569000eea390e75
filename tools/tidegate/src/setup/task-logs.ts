import {
  GetLogEventsCommand,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';

/** The last lines a container of a task wrote; none when it wrote none, or not to CloudWatch. */
export async function lastLogLines(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  taskId: string,
  count: number,
): Promise<readonly string[]> {
  const options = container.logConfiguration?.options;
  const group = options?.['awslogs-group'];
  const streamPrefix = options?.['awslogs-stream-prefix'];
  if (group === undefined || streamPrefix === undefined) return [];
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: group,
        logStreamName: `${streamPrefix}/${container.name}/${taskId}`,
        limit: count,
        startFromHead: false,
      }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
