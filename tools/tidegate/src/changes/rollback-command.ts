import {
  ECSClient,
  UpdateServiceCommand,
  paginateListTaskDefinitions,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import type { RollbackCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { readService } from '../services/read-services';
import { readDefinition, revisionNameOf } from '../services/service-observation';
import { showResult } from './change-result';
import { confirmChange } from './confirm-change';
import { revisionDifference } from './revision-difference';
import { rolloutProgress, waitUntilStable } from './wait-until-stable';

/** `tidegate rollback`: a service runs an earlier revision of its task definition, all settings of it included. */
export async function rollback(command: RollbackCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service: name, revision, isConfirmed, timeoutMs, isJson } = command;
  const ecs = new ECSClient({ region: installation.region });
  const service = await readService(ecs, installation, name);
  const current = await readDefinition(ecs, service.taskDefinition);
  const target = await readDefinition(ecs, await earlierRevision(ecs, current, revision));
  const from = revisionNameOf(current.taskDefinitionArn);
  const to = revisionNameOf(target.taskDefinitionArn);
  await confirmChange(planOf(name, current, target), isConfirmed, context);
  const { service: updated } = await ecs.send(
    new UpdateServiceCommand({
      cluster: installation.prefix,
      service: name,
      taskDefinition: target.taskDefinitionArn,
    }),
  );
  const { id, createdAt } = updated?.deployments?.find(({ status }) => status === 'PRIMARY') ?? {};
  const what = `The roll-back of ${name} to ${to}`;
  const change = { what, service: name, timeoutMs, progressOf: rolloutProgress(id, createdAt) };
  const { runningCount = 0 } = await waitUntilStable(ecs, installation, change, context);
  showResult(
    {
      ...{ installation, isJson, service: name },
      summary: `${name} runs ${to}, ${runningCount} tasks.`,
      overriddenBy: `The next deployment of ${installation.environment}-services overrides it: to stay on this release, deploy that one's images.`,
      details: { from, to, running: runningCount },
    },
    context,
  );
  return ExitCode.ok;
}

function planOf(name: string, current: TaskDefinition, target: TaskDefinition): string[] {
  const difference = revisionDifference(current, target);
  const [from, to] = [current, target].map(({ taskDefinitionArn }) => revisionNameOf(taskDefinitionArn));
  return [
    `${name} goes from ${from} to ${to}:`,
    ...(difference.length > 0 ? difference : ['no difference in image, size and settings']).map(
      (line) => `  ${line}`,
    ),
    ...(name === 'mlflow'
      ? [
          '  The schema of its database stays: an MLflow older than the schema refuses to start, and the tasks of now go on.',
        ]
      : []),
  ];
}

/** @throws CommandError when there is none, or not that one */
async function earlierRevision(
  ecs: ECSClient,
  { family = '', revision: current = 0 }: TaskDefinition,
  wanted: number | undefined,
): Promise<string> {
  const arns = await revisionsOf(ecs, family);
  const numbers = arns.map((arn) => Number(arn.split(':').at(-1)));
  const shown =
    numbers
      .filter((number) => number !== current)
      .slice(0, 10)
      .join(', ') || 'none';
  if (wanted === current)
    throw new CommandError(
      `${family}:${current} runs already: expected another of its revisions (${shown}).`,
    );
  const index = numbers.findIndex((number) => (wanted === undefined ? number < current : number === wanted));
  const arn = arns[index];
  if (arn !== undefined) return arn;
  throw new CommandError(
    wanted === undefined
      ? `There is no revision of ${family} before ${current} to go back to.`
      : `There is no revision ${wanted} of ${family} that can run: expected one of ${shown}.`,
  );
}

/** The newest first. */
async function revisionsOf(ecs: ECSClient, family: string): Promise<string[]> {
  const arns: string[] = [];
  const request = { familyPrefix: family, status: 'ACTIVE', sort: 'DESC' } as const;
  for await (const page of paginateListTaskDefinitions({ client: ecs }, request))
    arns.push(...(page.taskDefinitionArns ?? []));
  return arns.filter((arn) => revisionNameOf(arn).split(':')[0] === family);
}
