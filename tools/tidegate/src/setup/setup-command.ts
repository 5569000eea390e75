import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient, type ContainerDefinition, type Task } from '@aws-sdk/client-ecs';
import type { Clock } from '@tidegate/clock';
import { CommandError } from '../command-error';
import type { Installation } from '../command-line';
import { readRelease } from '../images/release-file';
import { containerNamed, outcomeOf } from '../services/container-outcome';
import { startTask, waitUntilStopped } from '../setup-task/run-task';
import { newestSetup, withImages } from '../setup-task/setup-definition';
import { lastLogLines } from '../setup-task/task-logs';

export interface SetupContext {
  readonly workspaceRoot: string;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** To standard error. @default print */
  readonly note?: (line: string) => void;
  /** @default 5000 */
  readonly pollMs?: number;
}

export interface SetupResult {
  readonly environment: string;
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
}

const TIMEOUT_MS = 30 * 60_000;
const SHOWN_LOG_LINES = 20;

/**
 * `tidegate setup`: runs the set-up task once with the images of the release, waits for its end and says how it went. It can
 * be repeated: what is set up already stays as it is.
 *
 * @throws CommandError when it did not succeed
 */
export async function setup(
  installation: Installation,
  { workspaceRoot, clock, print, note = print, pollMs = 5_000 }: SetupContext,
): Promise<SetupResult> {
  const { region, environment } = installation;
  const images = await readRelease(workspaceRoot, environment);
  const ecs = new ECSClient({ region });
  const definition = await withImages(ecs, await newestSetup(ecs, installation), images);
  const taskArn = await startTask(ecs, definition, installation, { startedBy: 'tidegate-setup' });
  print(`Started ${taskArn} of ${definition.arn}`);
  const whenUnseen = 'Look at its log, and run the command again when it has stopped.';
  const wait = { clock, sleep, note, pollMs, timeoutMs: TIMEOUT_MS, whenUnseen };
  const task = await waitUntilStopped(ecs, installation, taskArn, wait, (status) => print(`  ${status}`));
  const logs = new CloudWatchLogsClient({ region });
  for (const container of definition.definition.containerDefinitions ?? [])
    for (const line of await containerReport(logs, container, task)) print(line);
  requireSuccess(task, definition.definition.containerDefinitions ?? []);
  print(`${environment} is set up`);
  return { environment, taskArn, taskDefinitionArn: definition.arn };
}

async function containerReport(
  logs: CloudWatchLogsClient,
  definition: ContainerDefinition,
  task: Task,
): Promise<readonly string[]> {
  const taskId = task.taskArn?.split('/').at(-1) ?? '';
  const lines = await lastLogLines(logs, definition, taskId, SHOWN_LOG_LINES);
  return [
    `${definition.name}: ${outcomeOf(containerNamed(task, definition.name))}`,
    ...lines.map((line) => `  | ${line}`),
  ];
}

function requireSuccess(task: Task, definitions: readonly ContainerDefinition[]): void {
  const failed = definitions.filter(({ name }) => containerNamed(task, name)?.exitCode !== 0);
  if (failed.length === 0) return;
  const outcomes = failed.map(({ name }) => `${name} ${outcomeOf(containerNamed(task, name))}`);
  throw new CommandError(
    `The set-up failed: ${outcomes.join('; ')}. ECS says: ${task.stoppedReason ?? 'nothing'}. ` +
      'Mend the cause and run the command again; it goes on where it stopped.',
  );
}
