import path from 'node:path';
import { ensurePythonEnv, hostEnvironment, pythonEnvironment, runCommand } from '@tidegate/local-parts';

const root = path.resolve(__dirname, '..');
const workspaceRoot = path.resolve(root, '..', '..');

/** The first words of the command. */
export type ComposeClient = readonly [command: string, ...args: string[]];

/**
 * Docker Compose 2: this machine's plug-in, or else the one from the package index. No container engine is needed for
 * what reads and checks files.
 */
export async function findComposeClient(): Promise<ComposeClient> {
  const { exitCode, stdout } = await runCommand('docker', ['compose', 'version', '--short'], {
    env: hostEnvironment(),
  });
  if (exitCode === 0 && Number.parseInt(stdout.replace(/^v/, ''), 10) >= 2) return ['docker', 'compose'];
  const { python } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'compose-venv'),
    requirementFiles: [path.join(root, 'requirements.txt')],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  // The package's own command loses the exit code.
  const found = await runCommand(python, ['-c', 'import compose; print(compose.__path__[0])'], {
    env: pythonEnvironment(),
  });
  return [path.join(found.stdout.trim(), 'docker-compose')];
}
