import { startSharedStack } from './shared-stack';
import { runMany, type NxRun } from './nx-run';

export interface Selection {
  unitOnly: boolean;
  /** Handed on to `nx run-many`, for example `--projects=logging`. */
  nxArgs: readonly string[];
}

/** Runs the chosen tiers one after the other, whatever the ones before said, until one is interrupted. */
export async function runTiers(workspaceRoot: string, { unitOnly, nxArgs }: Selection): Promise<NxRun> {
  const unitTargets = unitOnly ? ['test'] : ['lint', 'typecheck', 'test'];
  const unit = await runMany(workspaceRoot, ['-t', ...unitTargets, '--parallel=2', ...nxArgs]);
  if (unitOnly || unit.wasInterrupted) return unit;
  const real = await runWithRealParts(workspaceRoot, nxArgs);
  return { tasks: [...unit.tasks, ...real.tasks], wasInterrupted: real.wasInterrupted };
}

/** One project at a time: they share the machine's PostgreSQL and MLflow, and measure time. */
async function runWithRealParts(workspaceRoot: string, nxArgs: readonly string[]): Promise<NxRun> {
  let wasInterrupted = false;
  const interrupt = (): void => {
    wasInterrupted = true;
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    console.log('Starting PostgreSQL and MLflow for the integration tests');
    const stack = await startSharedStack();
    try {
      if (wasInterrupted) return { tasks: [], wasInterrupted };
      return await runMany(workspaceRoot, ['-t', 'int-test', 'e2e', '--parallel=1', ...nxArgs], stack.file);
    } finally {
      await stack.remove();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { tasks: [{ project: 'workspace', target: 'shared-test-stack', exitCode: 1 }], wasInterrupted };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
