import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { paginateListTasks, type ECSClient } from '@aws-sdk/client-ecs';
import type { AlteredAws } from './altered-aws';
import { PREFIX } from './simulated-installation';

/** What tasks write: the simulator runs nothing, so nothing of it writes. */
export class TaskLogs {
  constructor(
    private readonly ecs: ECSClient,
    private readonly logs: CloudWatchLogsClient,
  ) {}

  /** Ids of the tasks of a service that run. */
  async tasksOf(serviceName: string): Promise<readonly string[]> {
    const ids: string[] = [];
    const request = { cluster: PREFIX, serviceName, desiredStatus: 'RUNNING' as const };
    for await (const { taskArns = [] } of paginateListTasks({ client: this.ecs }, request))
      ids.push(...taskArns.map(idOf));
    return ids;
  }

  /** Writes lines of one task, now. */
  async write(service: string, taskId: string, ...messages: readonly string[]): Promise<void> {
    const stream = {
      logGroupName: `/ecs/${PREFIX}/${service}`,
      logStreamName: `${service}/${service}/${taskId}`,
    };
    try {
      await this.logs.send(new CreateLogStreamCommand(stream));
    } catch (error) {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    }
    const timestamp = Date.now();
    await this.logs.send(
      new PutLogEventsCommand({
        ...stream,
        logEvents: messages.map((message) => ({ timestamp, message })),
      }),
    );
  }

  /** From now on a running task of a service writes its first line when it is first seen. */
  writeWhenListed(aws: AlteredAws): void {
    const written = new Set<string>();
    aws.alter('ListTasks', async (answer, { serviceName, desiredStatus }) => {
      if (typeof serviceName !== 'string' || desiredStatus === 'STOPPED') return answer;
      for (const taskId of (answer['taskArns'] as string[]).map(idOf)) {
        if (written.has(taskId)) continue;
        written.add(taskId);
        await this.write(serviceName, taskId, '{"level":"info","msg":"listening"}');
      }
      return answer;
    });
  }

  /** Writes a line of every task of these services. */
  async writeOfAll(services: readonly string[], message: string): Promise<void> {
    for (const service of services)
      for (const taskId of await this.tasksOf(service)) await this.write(service, taskId, message);
  }
}

/** The last part of a task's ARN. */
function idOf(taskArn: string): string {
  return taskArn.split('/').at(-1) ?? '';
}
