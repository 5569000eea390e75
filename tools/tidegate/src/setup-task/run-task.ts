import {
  ClusterNotFoundException,
  DescribeTasksCommand,
  RunTaskCommand,
  type ECSClient,
  type Task,
  type TaskOverride,
} from '@aws-sdk/client-ecs';
import { lookPatiently, type Surroundings } from '../aws-patience';
import { CommandError } from '../command-error';
import type { Installation } from '../command-line';
import type { SetupDefinition } from './setup-definition';
import { networkOf } from './setup-network';

export interface TaskWait extends Surroundings {
  readonly pollMs: number;
  readonly timeoutMs: number;
  /** What to do when the end is not seen. */
  readonly whenUnseen: string;
}

export interface TaskRun {
  /** What ECS lists the task under. */
  readonly startedBy: string;
  /** What it does in place of the set-up. @default nothing else */
  readonly overrides?: TaskOverride;
}

/**
 * Runs the set-up task once; resolves to its ARN.
 *
 * @throws CommandError when ECS does not take the task
 */
export async function startTask(
  ecs: ECSClient,
  setup: SetupDefinition,
  { environment, prefix, region }: Installation,
  run: TaskRun,
): Promise<string> {
  try {
    const { tasks = [], failures = [] } = await ecs.send(
      new RunTaskCommand({
        cluster: prefix,
        taskDefinition: setup.arn,
        // Never on Spot: an interrupted upgrade of a schema helps nobody.
        launchType: 'FARGATE',
        networkConfiguration: networkOf(setup),
        ...run,
      }),
    );
    const arn = tasks[0]?.taskArn;
    if (arn !== undefined) return arn;
    const reasons = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
    throw new CommandError(
      `ECS did not start a task of ${setup.arn}: ${reasons.join('; ') || 'it gave no reason'}. Try again.`,
    );
  } catch (error) {
    if (!(error instanceof ClusterNotFoundException)) throw error;
    throw new CommandError(
      `There is no ECS cluster ${prefix} in ${region}: deploy the stack ${environment}-foundation first.`,
    );
  }
}

/**
 * The task when it has stopped. Failures of AWS that pass do not end the wait.
 *
 * @throws CommandError when it does not stop in time, or AWS does not say whether
 */
export async function waitUntilStopped(
  ecs: ECSClient,
  { prefix: cluster, region }: Installation,
  taskArn: string,
  { pollMs, timeoutMs, whenUnseen, ...surroundings }: TaskWait,
  onStatus: (status: string) => void,
): Promise<Task> {
  const { clock, sleep } = surroundings;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  const meanwhile = `The task ${taskArn} goes on without this command. ${whenUnseen}`;
  const look = () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
  let last: string | undefined;
  for (;;) {
    const patienceMs = deadlineMs - clock.monotonicMs();
    const { tasks = [] } = await lookPatiently(look, { region, patienceMs, meanwhile }, surroundings);
    // Right after RunTask it may not be found yet.
    const status = tasks[0]?.lastStatus ?? 'PENDING';
    if (status !== last) onStatus(status);
    last = status;
    if (tasks[0] !== undefined && status === 'STOPPED') return tasks[0];
    if (clock.monotonicMs() > deadlineMs)
      throw new CommandError(
        `The task ${taskArn} is ${status} after ${timeoutMs / 60_000} minutes. It goes on without this command. ${whenUnseen}`,
      );
    await sleep(pollMs);
  }
}
