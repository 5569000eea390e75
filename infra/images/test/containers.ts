import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pythonEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

/** For the hook that builds: installing MLflow on a slow or busy machine. */
export const BUILD_TIMEOUT_MS = 900_000;

const POLL_MS = 300;
const HEALTHY_TIMEOUT_MS = 150_000;
const kitDir = path.join(workspaceRoot, 'infra', 'images', 'kit');

export interface Container {
  /** Resolves once it ended, with what it printed (stdout) and its exit code. */
  readonly ended: Promise<CommandResult>;
  /** Runs a command inside. */
  exec(...command: string[]): Promise<CommandResult>;
  /** Runs the image's own health check once. */
  checkHealth(): Promise<CommandResult>;
  /** Waits until the image's own health check succeeds. */
  untilHealthy(): Promise<void>;
  /** Sends the image's stop signal and waits for the end. */
  stop(): Promise<CommandResult>;
}

/** As `docker build --tag <tag> <options> <context>`. */
export async function buildImage(
  tag: string,
  options: readonly string[],
  context = workspaceRoot,
): Promise<void> {
  await kit('base-images.sh');
  await kit('build.sh', tag, context, ...options);
}

/** Starts an image: read-only root, `/tmp` in memory, no capabilities, the machine's network. */
export function startContainer(
  tag: string,
  name: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = [],
): Container {
  const variables = Object.entries(environment).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const ended = tryKit('run.sh', tag, name, ...variables, '--', ...command);
  let isRunning = true;
  void ended.then(() => {
    isRunning = false;
  });
  const checkHealth = (): Promise<CommandResult> => tryKit('ctl.sh', 'health', name);
  return {
    ended,
    exec: (...inside) => tryKit('ctl.sh', 'exec', name, ...inside),
    checkHealth,
    untilHealthy: async () => {
      const deadlineMs = performance.now() + HEALTHY_TIMEOUT_MS;
      while (isRunning && performance.now() < deadlineMs) {
        if ((await checkHealth()).exitCode === 0) return;
        await wait(POLL_MS);
      }
      await tryKit('ctl.sh', 'stop', name);
      throw new Error(`Container ${name} did not become healthy. It printed:\n${(await ended).stdout}`);
    },
    stop: async () => {
      if (isRunning) await tryKit('ctl.sh', 'stop', name);
      return ended;
    },
  };
}

/** Runs a script of the kit and returns what it printed. */
export async function kit(script: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await tryKit(script, ...args);
  if (exitCode === 0) return stdout;
  throw new Error(
    `${script} ${args.join(' ')} failed. It needs root, buildah, runc and mmdebstrap:\n${stderr}`,
  );
}

function tryKit(script: string, ...args: string[]): Promise<CommandResult> {
  return runCommand(path.join(kitDir, script), args, { env: pythonEnvironment() });
}
