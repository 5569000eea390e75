import type { ECSClient, Service, Task } from '@aws-sdk/client-ecs';
import { lookPatiently } from '../aws-patience';
import { CommandError } from '../command-error';
import type { Installation } from '../installation';
import type { OperationsContext } from '../operations/operations-context';
import { readService } from '../services/read-services';
import { taskIdOf } from '../services/read-tasks';

const POLL_MS = 5_000;

/** How far a change has come. */
export type Progress =
  | { readonly state: 'waiting'; readonly text: string }
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly reason: string };

export interface Change {
  /** For messages: `The roll-back of api`. */
  readonly what: string;
  readonly service: string;
  readonly timeoutMs: number;
  readonly progressOf: (service: Service) => Progress | Promise<Progress>;
}

/**
 * Waits for the end of a change and tells each step of it. Failures of AWS that pass do not end it.
 *
 * @throws CommandError when it fails or takes too long
 */
export async function waitUntilStable(
  ecs: ECSClient,
  installation: Installation,
  { what, service: name, timeoutMs, progressOf }: Change,
  context: Pick<OperationsContext, 'clock' | 'sleep' | 'note'>,
): Promise<Service> {
  const { clock, sleep, note } = context;
  const { environment, region } = installation;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  const meanwhile = `${what} goes on without this command; "tidegate status ${environment} ${name}" shows how far it is.`;
  const look = async () => {
    const service = await readService(ecs, installation, name);
    return { service, progress: await progressOf(service) };
  };
  let told = '';
  for (;;) {
    const patienceMs = deadlineMs - clock.monotonicMs();
    const { service, progress } = await lookPatiently(look, { region, patienceMs, meanwhile }, context);
    if (progress.state === 'done') return service;
    const hint = `"tidegate diagnose ${environment} ${name}" looks for the cause.`;
    if (progress.state === 'failed') throw new CommandError(`${what} failed: ${progress.reason} ${hint}`);
    if (progress.text !== told) note(`  ${progress.text}`);
    told = progress.text;
    if (clock.monotonicMs() >= deadlineMs)
      throw new CommandError(
        `${what} is not done after ${timeoutMs / 1000} s: ${progress.text}. It goes on without this command; ${hint}`,
      );
    await sleep(POLL_MS);
  }
}

/**
 * Of a deployment: it is done when it alone is left and all its tasks run.
 *
 * @param startedAt tells an answer of before it began from one in which another has taken its place
 */
export function rolloutProgress(
  deploymentId: string | undefined,
  startedAt?: Date,
): (service: Service) => Progress {
  return (service) => {
    const { deployments = [], desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
    const own = deployments.find(({ id }) => id === deploymentId);
    const primary = deployments.find(({ status }) => status === 'PRIMARY');
    const isOfBefore = startedAt !== undefined && (primary?.createdAt ?? startedAt) < startedAt;
    if (own === undefined && isOfBefore)
      return { state: 'waiting', text: 'the deployment is about to begin' };
    if (own === undefined || own.rolloutState === 'FAILED' || own.status !== 'PRIMARY') {
      const reason = own?.rolloutState === 'FAILED' ? own.rolloutStateReason : primary?.rolloutStateReason;
      return {
        state: 'failed',
        reason: `ECS gave the deployment up or another one took its place (${reason ?? 'no reason given'}).`,
      };
    }
    if (
      deployments.length === 1 &&
      own.rolloutState === 'COMPLETED' &&
      runningCount === desiredCount &&
      pendingCount === 0
    )
      return { state: 'done' };
    const failed = own.failedTasks ?? 0;
    const text = `${own.runningCount ?? 0} of ${own.desiredCount ?? 0} new tasks run, ${runningCount} in all`;
    return { state: 'waiting', text: failed > 0 ? `${text}, ${failed} failed` : text };
  };
}

/** Of a changed number of tasks. Autoscaling may change it again meanwhile, but not back to what it was. */
export function countProgress({
  before,
  count,
}: {
  before: number;
  count: number;
}): (service: Service) => Progress {
  return ({ desiredCount = 0, runningCount = 0, pendingCount = 0 }) => {
    if (desiredCount === before && before !== count)
      return { state: 'waiting', text: `${before} tasks are still wanted, not ${count}` };
    if (runningCount === desiredCount && pendingCount === 0) return { state: 'done' };
    return {
      state: 'waiting',
      text: `${runningCount} of ${desiredCount} tasks run, ${pendingCount} are starting`,
    };
  };
}

/** Of a task that was stopped: right afterwards the counts of its service still include it, so the others are counted. */
export function replacementProgress(
  stoppedId: string,
  { desiredCount = 0 }: Service,
  tasks: readonly Task[],
): Progress {
  const others = tasks.filter((task) => taskIdOf(task) !== stoppedId);
  const running = others.filter(
    ({ lastStatus, healthStatus }) => lastStatus === 'RUNNING' && healthStatus !== 'UNHEALTHY',
  ).length;
  if (running < desiredCount)
    return { state: 'waiting', text: `${running} of ${desiredCount} other tasks run` };
  if (others.length < tasks.length) return { state: 'waiting', text: `${stoppedId} is being stopped` };
  return { state: 'done' };
}
