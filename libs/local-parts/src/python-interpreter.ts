import { hostEnvironment } from './host-environment.config';
import { LocalPartError } from './local-part-error';
import { runCommand } from './run-command';

const CANDIDATES = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];
const MINIMUM_MINOR = 10;
// ensurepip is what Debian and Ubuntu leave out of python3 until python3-venv is installed.
const DESCRIBE = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])';

/** `3.11.7`, or undefined when this is no Python that can make virtual environments. */
export async function pythonVersion(python: string): Promise<string | undefined> {
  const result = await runCommand(python, ['-c', DESCRIBE], { env: pythonEnvironment(), timeoutMs: 30_000 });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

/**
 * The first Python >= 3.10 on PATH that can make virtual environments.
 *
 * @throws LocalPartError `PYTHON_MISSING`
 */
export async function findPython(candidates: readonly string[] = CANDIDATES): Promise<string> {
  for (const candidate of candidates) {
    const version = await pythonVersion(candidate);
    if (version !== undefined && isRecent(version)) return candidate;
  }
  throw new LocalPartError(
    'PYTHON_MISSING',
    `MLflow needs Python >= 3.${MINIMUM_MINOR} with its venv module; tried ${candidates.join(', ')}. ` +
      'Install it (Debian and Ubuntu: "sudo apt-get install python3 python3-venv"; macOS: "brew install python") and start again.',
  );
}

/**
 * The host's environment without what would make one Python use the files of another, and without
 * PYTHONDONTWRITEBYTECODE: some shells and images set it, and MLflow then needs 40 s instead of 8 s to start.
 */
export function pythonEnvironment(dropPrefixes: readonly string[] = []): NodeJS.ProcessEnv {
  return hostEnvironment([
    'PYTHONHOME',
    'PYTHONPATH',
    'PYTHONDONTWRITEBYTECODE',
    'VIRTUAL_ENV',
    ...dropPrefixes,
  ]);
}

function isRecent(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor !== undefined && minor >= MINIMUM_MINOR;
}
