import { DescribeTasksCommand, paginateListTasks, type ECSClient, type Task } from '@aws-sdk/client-ecs';

/** As many as one DescribeTasks takes. */
const BATCH = 100;

/**
 * Tasks of a service, the newest first. ECS remembers a stopped one for about an hour.
 *
 * @param desiredStatus what ECS wants of them: a task that is just being stopped belongs to `STOPPED`
 */
export async function readTasks(
  ecs: ECSClient,
  cluster: string,
  serviceName: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<readonly Task[]> {
  const arns: string[] = [];
  for await (const page of paginateListTasks({ client: ecs }, { cluster, serviceName, desiredStatus }))
    arns.push(...(page.taskArns ?? []));
  const tasks: Task[] = [];
  for (let first = 0; first < arns.length; first += BATCH) {
    const batch = arns.slice(first, first + BATCH);
    const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks: batch }));
    tasks.push(...(answer.tasks ?? []));
  }
  return tasks.sort((one, other) => createdMs(other) - createdMs(one));
}

/** The last part of its ARN. */
export function taskIdOf({ taskArn }: Task): string {
  return taskArn?.split('/').at(-1) ?? '';
}

/** Why it stopped: `EssentialContainerExited: Essential container in task exited`. */
export function stopReasonOf({ stopCode, stoppedReason }: Task): string {
  const reason = [stopCode, stoppedReason].filter(Boolean).join(': ');
  return reason === '' ? 'no reason given' : reason;
}

/** Its private address in the VPC. */
export function addressOf({ attachments = [] }: Task): string | undefined {
  return attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === 'privateIPv4Address')
    ?.value;
}

function createdMs({ createdAt }: Task): number {
  return createdAt?.getTime() ?? 0;
}
