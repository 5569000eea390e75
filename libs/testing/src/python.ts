import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { ensureWorkspacePython, pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

const TIMEOUT_MS = 180_000;

/** Where the stock MLflow Python client finds a server: directly (username, password) or through the gateway (token). */
export type TrackingTarget = { url: string } & ({ username: string; password: string } | { token: string });

export interface RegisteredModel {
  name: string;
  version: string;
  run_id: string;
}

/**
 * Runs Python code, or a file when `script` ends in `.py`, in the workspace's environment with the stock MLflow
 * client and returns what it printed on stdout.
 *
 * @throws Error with the end of stderr when it fails
 */
export async function runPython(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { python } = await ensureWorkspacePython(workspaceRoot, (line) => process.stderr.write(`${line}\n`));
  const program = script.endsWith('.py') ? [script] : ['-c', script];
  const result = await runCommand(python, [...program, ...args], {
    env: { ...pythonEnvironment(['MLFLOW_']), MLFLOW_DISABLE_TELEMETRY: 'true', ...env },
    timeoutMs: TIMEOUT_MS,
  });
  if (result.exitCode === 0) return result.stdout;
  throw new Error(
    `Python ended with ${result.exitCode ?? 'a signal'}, expected 0. It said:\n${result.stderr.slice(-4_000)}`,
  );
}

/** Starts a Python program in the same environment; its output is for the caller to read, and its end for the caller to bring. */
export async function startPython(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcessByStdio<null, Readable, null>> {
  const { python } = await ensureWorkspacePython(workspaceRoot, (line) => process.stderr.write(`${line}\n`));
  return spawn(python, [script, ...args], {
    env: { ...pythonEnvironment(['MLFLOW_']), MLFLOW_DISABLE_TELEMETRY: 'true', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The variables that point the stock MLflow client at a server. */
export function trackingEnvironment(target: TrackingTarget): Record<string, string> {
  const credentials: Record<string, string> =
    'token' in target
      ? { MLFLOW_TRACKING_TOKEN: target.token }
      : { MLFLOW_TRACKING_USERNAME: target.username, MLFLOW_TRACKING_PASSWORD: target.password };
  return { MLFLOW_TRACKING_URI: target.url, ...credentials };
}

/**
 * Trains the sample digits model and registers it as a new version (10 s). `strong` is a second variant that
 * answers visibly less sure.
 */
export async function trainSampleModel(
  target: TrackingTarget,
  options: { modelName?: string; alias?: string; variant?: 'default' | 'strong' } = {},
): Promise<RegisteredModel> {
  const { modelName = 'digits', alias = 'production', variant = 'default' } = options;
  const script = path.join(workspaceRoot, 'tools', 'local-stack', 'sample-model', 'train.py');
  const args = ['--model-name', modelName, '--alias', alias, '--variant', variant];
  return JSON.parse(await runPython(script, args, trackingEnvironment(target))) as RegisteredModel;
}
