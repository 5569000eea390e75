import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ExitCode } from '../exit-code';
import type { ScaleCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { readService } from '../services/read-services';
import { showResult } from './change-result';
import { confirmChange } from './confirm-change';
import { readLimits, setLimits, widened, type ScalingLimits } from './scalable-target';
import { countProgress, waitUntilStable } from './wait-until-stable';

/** `tidegate scale`: changes the number of tasks, and the limits of autoscaling where they stand in the way. */
export async function scale(command: ScaleCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service: name, count, isConfirmed, timeoutMs, isJson } = command;
  const { prefix, region, environment } = installation;
  const ecs = new ECSClient({ region });
  const scaling = new ApplicationAutoScalingClient({ region });
  const { desiredCount: before = 0 } = await readService(ecs, installation, name);
  const limits = await readLimits(scaling, prefix, name);
  const after = limits === undefined ? undefined : widened(limits, count);
  await confirmChange(planOf(name, before, count, limits, after), isConfirmed, context);
  // First the limits: autoscaling would take back at once what is outside of them.
  if (after !== undefined && isDifferent(limits, after)) await setLimits(scaling, prefix, name, after);
  await ecs.send(new UpdateServiceCommand({ cluster: prefix, service: name, desiredCount: count }));
  const what = `The change of ${name} to ${count} tasks`;
  const change = { what, service: name, timeoutMs, progressOf: countProgress({ before, count }) };
  const { runningCount = 0, desiredCount = 0 } = await waitUntilStable(ecs, installation, change, context);
  showResult(
    {
      ...{ installation, isJson, service: name },
      summary: `${name} runs ${runningCount} of ${desiredCount} tasks.`,
      overriddenBy:
        after === undefined
          ? `The next deployment of ${environment}-services overrides it: the lasting place is tasks.sizes.${name}.minCount of the environment.`
          : `Autoscaling may change it between ${after.least} and ${after.most}; the next deployment of ${environment}-services sets these limits back, the lasting place is tasks.sizes.${name} of the environment.`,
      details: {
        before,
        count: desiredCount,
        running: runningCount,
        ...(after !== undefined && { limits: after }),
      },
    },
    context,
  );
  return ExitCode.ok;
}

function planOf(
  name: string,
  before: number,
  count: number,
  limits: ScalingLimits | undefined,
  after: ScalingLimits | undefined,
): string[] {
  return [
    `${name} goes from ${before} to ${count} tasks.`,
    ...(count === 0 ? ['  Nobody is served by it then.'] : []),
    ...(limits !== undefined && after !== undefined && isDifferent(limits, after)
      ? [`  Its autoscaling goes from ${limits.least}-${limits.most} to ${after.least}-${after.most} tasks.`]
      : []),
  ];
}

function isDifferent(one: ScalingLimits | undefined, other: ScalingLimits): boolean {
  return one?.least !== other.least || one.most !== other.most;
}
