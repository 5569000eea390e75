import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LocalPartError } from './local-part-error';
import { withLock } from './locked';
import { findPython, pythonEnvironment, pythonVersion } from './python-interpreter';
import { runCommand, type CommandResult } from './run-command';
import { uvEnvironment } from './uv-settings';

// Installs in 8 s what takes pip 90 s.
const UV = 'uv==0.13.8';

export interface PythonEnvOptions {
  /** Made when missing, made anew when the requirements or its Python changed. */
  venvDir: string;
  requirementFiles: readonly string[];
  /** Program to make it with; default: the first Python >= 3.10 on PATH. */
  python?: string;
  onProgress: (line: string) => void;
}

export interface PythonEnv {
  venvDir: string;
  /** The interpreter inside. */
  python: string;
}

/**
 * A virtual environment that holds these requirements. Takes about 25 s when it has to be made, 0.1 s otherwise;
 * two processes may ask for the same one at once.
 *
 * @throws LocalPartError `PYTHON_MISSING` or `PYTHON_INSTALL_FAILED`
 */
export async function ensurePythonEnv(options: PythonEnvOptions): Promise<PythonEnv> {
  const { venvDir, onProgress } = options;
  const environment: PythonEnv = { venvDir, python: pythonOf(venvDir) };
  if (await isComplete(options)) return environment;
  const onWait = (pid: number): void =>
    onProgress(`Waiting for process ${pid}, which is installing the same Python packages`);
  await withLock(`${venvDir}.lock`, onWait, async () => {
    if (!(await isComplete(options))) await install(options);
  });
  return environment;
}

/** The interpreter of a virtual environment. */
export function pythonOf(venvDir: string): string {
  return process.platform === 'win32'
    ? path.join(venvDir, 'Scripts', 'python.exe')
    : path.join(venvDir, 'bin', 'python');
}

async function install({ venvDir, requirementFiles, python, onProgress }: PythonEnvOptions): Promise<void> {
  const interpreter = python ?? (await findPython());
  onProgress(`Making the Python environment ${venvDir} with ${interpreter}`);
  await rm(venvDir, { recursive: true, force: true });
  const venv = await runCommand(interpreter, ['-m', 'venv', venvDir], { env: pythonEnvironment() });
  if (venv.exitCode !== 0) throw installError(`${interpreter} -m venv ${venvDir}`, venv);
  await installRequirements(venvDir, requirementFiles, onProgress);
  // Last of all: an interrupted installation has no stamp and is made again.
  await writeFile(stampOf(venvDir), await fingerprint(venvDir, requirementFiles));
}

async function installRequirements(
  venvDir: string,
  requirementFiles: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  onProgress(`Installing ${namesOf(requirementFiles)} (about 20 s with uv, 2 minutes with pip)`);
  const requirements = requirementFiles.flatMap((file) => ['-r', file]);
  if (await installWithUv(venvDir, requirements, onProgress)) return;
  const pip = await runCommand(
    pythonOf(venvDir),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-compile', ...requirements],
    { env: pythonEnvironment() },
  );
  if (pip.exitCode !== 0) throw installError(`pip install ${requirements.join(' ')}`, pip);
}

/** False when uv is not to be had or does not get on with the user's package index: pip is the judge then. */
async function installWithUv(
  venvDir: string,
  requirements: readonly string[],
  onProgress: (line: string) => void,
): Promise<boolean> {
  const python = pythonOf(venvDir);
  const env = pythonEnvironment();
  const uv = await runCommand(python, ['-m', 'pip', 'install', '--disable-pip-version-check', UV], { env });
  if (uv.exitCode === 0) {
    const settings = await runCommand(python, ['-m', 'pip', 'config', 'list'], { env });
    const result = await runCommand(
      python,
      ['-m', 'uv', 'pip', 'install', '--python', python, ...requirements],
      {
        env: uvEnvironment(settings.stdout, env),
      },
    );
    if (result.exitCode === 0) return true;
  }
  onProgress('uv could not install them here, going on with pip');
  return false;
}

async function isComplete({ venvDir, requirementFiles }: PythonEnvOptions): Promise<boolean> {
  const stamp = await readFile(stampOf(venvDir), 'utf8').catch(() => undefined);
  return stamp !== undefined && stamp === (await fingerprint(venvDir, requirementFiles));
}

async function fingerprint(venvDir: string, requirementFiles: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update((await pythonVersion(pythonOf(venvDir))) ?? 'none');
  for (const file of requirementFiles) hash.update('\0').update(await readFile(file));
  return hash.digest('hex');
}

/** `mlflow/requirements.txt and sample-model/requirements.txt` */
function namesOf(requirementFiles: readonly string[]): string {
  return requirementFiles.map((file) => file.split(path.sep).slice(-2).join('/')).join(' and ');
}

function stampOf(venvDir: string): string {
  return path.join(venvDir, '.tidegate-installed');
}

function installError(command: string, result: CommandResult): LocalPartError {
  const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
  return new LocalPartError(
    'PYTHON_INSTALL_FAILED',
    `"${command}" failed, so its packages are not installed. Check that the package index pip is set to can be reached ("pip config list"), then start again. It said:\n${output}`,
  );
}
