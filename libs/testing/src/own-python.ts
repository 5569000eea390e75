import path from 'node:path';
import { ensurePythonEnv, pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

const TIMEOUT_MS = 180_000;

export interface OwnPythonOptions {
  /** Its folder is `.tidegate/<name>-venv`. */
  readonly name: string;
  readonly requirementsFile: string;
}

/** A Python environment beside the workspace's, for clients made by others. */
export interface OwnPython {
  /**
   * Runs a file and returns what it printed on stdout.
   *
   * @throws Error with the end of stderr when it fails
   */
  run(script: string, args: readonly string[]): Promise<string>;
}

/**
 * Makes the environment when it is missing or its requirements changed (about 25 s, otherwise 0.1 s).
 *
 * @throws LocalPartError `PYTHON_MISSING` or `PYTHON_INSTALL_FAILED`
 */
export async function ensureOwnPython({ name, requirementsFile }: OwnPythonOptions): Promise<OwnPython> {
  const { python } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', `${name}-venv`),
    requirementFiles: [requirementsFile],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  return {
    async run(script, args) {
      const options = { env: pythonEnvironment(), timeoutMs: TIMEOUT_MS };
      const result = await runCommand(python, [script, ...args], options);
      if (result.exitCode === 0) return result.stdout;
      const said = result.stderr.slice(-4_000);
      throw new Error(
        `${path.basename(script)} ended with ${result.exitCode ?? 'a signal'}, expected 0. It said:\n${said}`,
      );
    },
  };
}
