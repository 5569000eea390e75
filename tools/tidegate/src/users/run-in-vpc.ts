import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, type ContainerDefinition, type Task, type TaskOverride } from '@aws-sdk/client-ecs';
import type { Clock } from '@tidegate/clock';
import { lookPatiently } from '../aws-patience';
import { CommandError } from '../command-error';
import type { Installation } from '../installation';
import { containerNamed, outcomeOf } from '../services/container-outcome';
import { startTask, waitUntilStopped } from '../setup-task/run-task';
import { newestSetup, type SetupDefinition } from '../setup-task/setup-definition';
import { allLogLines } from '../setup-task/task-logs';
import { hasOutcome, type ProgramEnd } from './users-answer';
import type { UsersRequest } from './users-request';

export interface VpcContext {
  readonly clock: Clock;
  readonly note: (line: string) => void;
  /** @default 3000 */
  readonly pollMs?: number;
}

/** The container of the set-up task that has MLflow and its database's login. */
const CONTAINER = 'mlflow-schema';
const TIMEOUT_MS = 10 * 60_000;
/** CloudWatch may show lines some seconds after the end. */
const LOG_TIMEOUT_MS = 20_000;
/** As `infra/aws` registers it, before `tidegate setup` has put in the images that were pushed. */
const NO_IMAGE = ':not-pushed-yet';

/**
 * Runs the program by the set-up task, which alone reaches the database from where nobody else is.
 *
 * @throws CommandError when it cannot be started
 */
export async function runInVpc(
  installation: Installation,
  request: UsersRequest,
  { clock, note, pollMs = 3_000 }: VpcContext,
): Promise<ProgramEnd> {
  const { region } = installation;
  const ecs = new ECSClient({ region });
  const setup = await newestSetup(ecs, installation);
  const container = containerOf(setup, installation);
  const overrides = overridesFor(request, setup, installation);
  const taskArn = await startTask(ecs, setup, installation, { startedBy: 'tidegate-users', overrides });
  note(`Started ${taskArn}: it takes about a minute`);
  const whenUnseen = adviceFor(request, installation);
  const surroundings = { clock, sleep, note };
  const wait = { ...surroundings, pollMs, timeoutMs: TIMEOUT_MS, whenUnseen };
  const task = await waitUntilStopped(ecs, installation, taskArn, wait, (status) => note(`  ${status}`));
  const ended = containerNamed(task, CONTAINER);
  if (ended?.exitCode === undefined)
    return { exitCode: undefined, lines: [], description: descriptionOf(task, installation) };
  const logs = new CloudWatchLogsClient({ region });
  const lines = await lookPatiently(
    () => completeLog(logs, container, taskArn, { clock, pollMs }),
    { region, patienceMs: LOG_TIMEOUT_MS, meanwhile: whenUnseen },
    surroundings,
  );
  return { exitCode: ended.exitCode, lines, description: descriptionOf(task, installation) };
}

/** @throws CommandError when the set-up has not run with images yet */
function containerOf(setup: SetupDefinition, { environment }: Installation): ContainerDefinition {
  const containers = setup.definition.containerDefinitions ?? [];
  const container = containers.find(({ name }) => name === CONTAINER);
  if (container !== undefined && containers.every(({ image = '' }) => !image.endsWith(NO_IMAGE)))
    return container;
  throw new CommandError(
    `${setup.arn} has no images yet. Expected "tidegate setup ${environment}" to have run since the stack ${environment}-foundation was deployed: run it first.`,
  );
}

/**
 * The same task, but that nothing is set up. What is to be done goes by the environment: an older image would print arguments.
 */
function overridesFor(
  request: UsersRequest,
  setup: SetupDefinition,
  installation: Installation,
): TaskOverride {
  const { prefix, region } = installation;
  const others = (setup.definition.containerDefinitions ?? []).filter(({ name }) => name !== CONTAINER);
  return {
    containerOverrides: [
      // The container waits until these have succeeded.
      ...others.map(({ name }) => ({ name, command: ['node', '--version'] })),
      {
        name: CONTAINER,
        command: ['users'],
        environment: [
          { name: 'MLFLOW_USERS_REQUEST', value: JSON.stringify(request) },
          { name: 'MLFLOW_ADMIN_SECRET_ARN', value: `${prefix}/mlflow` },
          { name: 'AWS_DEFAULT_REGION', value: region },
        ],
      },
    ],
  };
}

/** What to do when nobody saw how it ended: the password of a new user is known to this process only. */
function adviceFor(request: UsersRequest, { environment }: Installation): string {
  if (request.action !== 'create') return 'Look at its log, and run the command again when it has stopped.';
  const { name } = request;
  return (
    `When the task has stopped, "tidegate users list ${environment}" shows whether ${name} was made. If so, and its password ` +
    `was to be shown here, nobody knows it: "tidegate users delete ${environment} ${name}", then create it again.`
  );
}

async function completeLog(
  logs: CloudWatchLogsClient,
  container: ContainerDefinition,
  taskArn: string,
  { clock, pollMs }: { clock: Clock; pollMs: number },
): Promise<readonly string[]> {
  const taskId = taskArn.split('/').at(-1) ?? '';
  const deadlineMs = clock.monotonicMs() + LOG_TIMEOUT_MS;
  for (;;) {
    const lines = await allLogLines(logs, container, taskId);
    if (hasOutcome(lines) || clock.monotonicMs() > deadlineMs) return lines;
    await sleep(pollMs);
  }
}

function descriptionOf(task: Task, { environment }: Installation): string {
  const containers = (task.containers ?? []).map((one) => `${one.name} ${outcomeOf(one)}`);
  return (
    `The task gave no answer: ${containers.join('; ') || 'no container ran'}. ECS says: ${task.stoppedReason ?? 'nothing'}. ` +
    `Mend the cause and try again. When its image is older than this clone: "tidegate images push ${environment}", then "tidegate setup ${environment}".`
  );
}
