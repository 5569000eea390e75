import path from 'node:path';
import {
  ensureWorkspacePython,
  pythonEnvironment,
  runCommand,
  type CommandResult,
} from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

const TIMEOUT_MS = 120_000;

/** The start program of the image `mlflow`. */
export const mlflowProgram = path.join(workspaceRoot, 'infra', 'images', 'mlflow', 'main.py');

/** The interpreter and the environment it runs with here: MLflow of the same requirements file, no container. */
export async function programEnvironment(
  variables: Readonly<Record<string, string>>,
): Promise<{ python: string; env: NodeJS.ProcessEnv }> {
  const { python } = await ensureWorkspacePython(workspaceRoot, (line) => process.stderr.write(`${line}\n`));
  return { python, env: { ...pythonEnvironment(['MLFLOW_', 'AWS_']), ...variables } };
}

/** Runs a command of the image to its end; a failure is a value. */
export async function runMlflowProgram(
  command: 'serve' | 'upgrade' | 'users',
  variables: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const { python, env } = await programEnvironment(variables);
  return runCommand(python, [mlflowProgram, command], { env, timeoutMs: TIMEOUT_MS });
}
