import { setTimeout as wait } from 'node:timers/promises';
import { MlflowError } from '@tidegate/mlflow-client';

const WAITS_MS = [250, 1_000, 4_000, 15_000];

/** A gateway says so also of a request that it had passed on already. */
const STOPPING = 'STOPPING';

/** Whether nothing was done and a later try may succeed: too many requests, or not ready yet. */
function isTurnedAway(failure: unknown): boolean {
  if (!(failure instanceof MlflowError) || failure.errorCode === STOPPING) return false;
  return failure.httpStatus === 429 || failure.httpStatus === 503;
}

/** Whether a call that may be made twice is worth another try. */
function isPassing(failure: unknown): boolean {
  return (
    failure instanceof MlflowError &&
    ['MLFLOW_UNREACHABLE', 'MLFLOW_SERVER_ERROR', 'ARTIFACT_STORE_UNREACHABLE'].includes(failure.code)
  );
}

/**
 * Tries again what fails for the moment, in the end with the last failure.
 *
 * @param canRepeat whether it does no harm to make the call again after the first one was carried out unheard
 */
export async function patiently<T>(
  call: () => Promise<T>,
  {
    canRepeat,
    waitMs = wait,
  }: { readonly canRepeat: boolean; readonly waitMs?: (ms: number) => Promise<unknown> },
): Promise<T> {
  for (const pauseMs of WAITS_MS) {
    try {
      return await call();
    } catch (failure) {
      if (!isTurnedAway(failure) && !(canRepeat && isPassing(failure))) throw failure;
      await waitMs(pauseMs);
    }
  }
  return call();
}
