import type { ECSClient, Service } from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import type { Installation } from '../installation';
import type { OperationsContext } from '../operations/operations-context';
import { readService } from '../services/read-services';

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
 * Waits for the end of a change and tells each step of it.
 *
 * @throws CommandError when it fails or takes too long
 */
export async function waitUntilStable(
  ecs: ECSClient,
  installation: Installation,
  { what, service: name, timeoutMs, progressOf }: Change,
  { clock, sleep, note }: Pick<OperationsContext, 'clock' | 'sleep' | 'note'>,
): Promise<Service> {
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let told = '';
  for (;;) {
    const service = await readService(ecs, installation, name);
    const progress = await progressOf(service);
    if (progress.state === 'done') return service;
    const hint = `"tidegate diagnose ${installation.environment} ${name}" looks for the cause.`;
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

/** Of a deployment: it is done when it alone is left and all its tasks run. */
export function rolloutProgress(deploymentId: string | undefined): (service: Service) => Progress {
  return (service) => {
    const { deployments = [], desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
    const own = deployments.find(({ id }) => id === deploymentId);
    const primary = deployments.find(({ status }) => status === 'PRIMARY');
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

/** Of a changed number of tasks. */
export function countProgress({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: Service): Progress {
  if (runningCount === desiredCount && pendingCount === 0) return { state: 'done' };
  return {
    state: 'waiting',
    text: `${runningCount} of ${desiredCount} tasks run, ${pendingCount} are starting`,
  };
}
