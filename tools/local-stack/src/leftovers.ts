import { setTimeout as delay } from 'node:timers/promises';
import { isGroupLeft } from './process-identity';
import type { RecordedProcess } from './stack-lock';

const GRACE_MS = 15_000;
const POLL_MS = 50;

/**
 * Ends the processes of a crashed run, users before what they use. Number and start time were recorded, so these
 * are the very processes that run started; each leads a process group of its own, which is ended as a whole.
 */
export async function endLeftovers(
  leftovers: readonly RecordedProcess[],
  onProgress: (line: string) => void,
): Promise<void> {
  for (const leftover of [...leftovers].reverse()) {
    onProgress(`Ending ${leftover.name} (process ${leftover.pid}), left behind by a run that was killed`);
    signal(leftover, leftover.stopSignal);
    if (!(await ends(leftover))) {
      signal(leftover, 'SIGKILL');
      await ends(leftover);
    }
  }
}

async function ends(leftover: RecordedProcess): Promise<boolean> {
  const deadlineMs = performance.now() + GRACE_MS;
  while (isGroupLeft(leftover)) {
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

function signal(leftover: RecordedProcess, name: NodeJS.Signals): void {
  if (!isGroupLeft(leftover)) return;
  try {
    process.kill(-leftover.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
