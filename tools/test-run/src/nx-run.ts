import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nxEnvironment } from './test-run.config';
import type { TaskOutcome } from './summary';

/** How long Nx may take to end after the terminal's Ctrl-C before it is asked again. */
const INTERRUPT_GRACE_MS = 3_000;

interface RunRecord {
  tasks: { projectName: string; target: string; status: number }[];
}

export interface NxRun {
  tasks: TaskOutcome[];
  wasInterrupted: boolean;
}

/** Runs `nx run-many` to its end, its output going to the terminal, and tells how each task ended. */
export async function runMany(
  workspaceRoot: string,
  args: readonly string[],
  stackFile?: string,
): Promise<NxRun> {
  // Nx writes down there what it did (nx.json fixes the folder); an earlier run's record must not be taken for this one's.
  const record = path.join(workspaceRoot, '.nx', 'cache', 'run.json');
  rmSync(record, { force: true });
  const wasInterrupted = await runNx(workspaceRoot, ['run-many', ...args, '--outputStyle=static'], stackFile);
  return {
    tasks: readTasks(record) ?? [{ project: 'workspace', target: 'nx', exitCode: 1 }],
    wasInterrupted,
  };
}

/** True when a signal ended it. */
function runNx(
  workspaceRoot: string,
  args: readonly string[],
  stackFile: string | undefined,
): Promise<boolean> {
  const nx = spawn(path.join(workspaceRoot, 'node_modules/.bin/nx'), args, {
    cwd: workspaceRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: nxEnvironment(stackFile),
  });
  let wasInterrupted = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    wasInterrupted = true;
    // The terminal sends Ctrl-C to Nx too, and a second one would cut its clean-up short.
    setTimeout(() => nx.kill('SIGTERM'), signal === 'SIGINT' ? INTERRUPT_GRACE_MS : 0).unref();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return new Promise((resolve) => {
    nx.once('exit', () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(wasInterrupted);
    });
  });
}

function readTasks(record: string): TaskOutcome[] | undefined {
  try {
    const { tasks } = JSON.parse(readFileSync(record, 'utf8')) as RunRecord;
    return tasks.map(({ projectName, target, status }) => ({
      project: projectName,
      target,
      exitCode: status,
    }));
  } catch {
    return undefined;
  }
}
