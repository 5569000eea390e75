import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ExitCode } from '../exit-code';
import type { RedeployCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { readService } from '../services/read-services';
import { revisionNameOf } from '../services/service-observation';
import { showResult } from './change-result';
import { confirmChange } from './confirm-change';
import { rolloutProgress, waitUntilStable } from './wait-until-stable';

/** `tidegate redeploy`: new tasks of the same revision, which read their secrets anew. */
export async function redeploy(command: RedeployCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service: name, isConfirmed, timeoutMs, isJson } = command;
  const ecs = new ECSClient({ region: installation.region });
  const service = await readService(ecs, installation, name);
  const revision = revisionNameOf(service.taskDefinition);
  const plan = `All ${service.desiredCount ?? 0} tasks of ${name} are replaced by new ones of ${revision}, one after the other.`;
  await confirmChange([plan], isConfirmed, context);
  const { service: updated } = await ecs.send(
    new UpdateServiceCommand({ cluster: installation.prefix, service: name, forceNewDeployment: true }),
  );
  const { id, createdAt } = updated?.deployments?.find(({ status }) => status === 'PRIMARY') ?? {};
  const what = `The new deployment of ${name}`;
  const change = { what, service: name, timeoutMs, progressOf: rolloutProgress(id, createdAt) };
  const { runningCount = 0 } = await waitUntilStable(ecs, installation, change, context);
  showResult(
    {
      ...{ installation, isJson, service: name },
      summary: `${name} runs ${runningCount} new tasks of ${revision}.`,
      overriddenBy: `Nothing was changed but the tasks: the next deployment of ${installation.environment}-services replaces them when something of theirs changes.`,
      details: { revision, running: runningCount },
    },
    context,
  );
  return ExitCode.ok;
}
