import path from 'node:path';
import { pythonEnvironment, pythonOf, runCommand } from '@tidegate/local-parts';
import { CommandError } from '../command-error';
import { readStack } from '../local-stack/read-stack';
import type { ProgramEnd } from './users-answer';
import type { UsersRequest } from './users-request';

export interface LocalContext {
  /** Where the local stack keeps its state. */
  readonly workspaceRoot: string;
  /** Where the program and its Python are. */
  readonly programRoot: string;
}

const TIMEOUT_MS = 120_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** As the local stack names them. */
const NAMES = { MLFLOW_DB_NAME: 'mlflow_db', MLFLOW_AUTH_DB_NAME: 'mlflow_auth_db' };
const ADMINISTRATOR = 'admin';

/**
 * Runs the program on this machine, with the databases of the local stack.
 *
 * @throws CommandError when the stack does not run, or has no users
 */
export async function runLocally(
  request: UsersRequest,
  { workspaceRoot, programRoot }: LocalContext,
): Promise<ProgramEnd> {
  const { mlflow, postgres } = (await readStack(workspaceRoot)).services;
  if (mlflow === undefined || postgres === undefined)
    throw new CommandError('The local stack says not where MLflow and PostgreSQL are: start it again.');
  await requireUsers(mlflow.url);
  const server = new URL(postgres.url);
  const program = path.join(programRoot, 'infra', 'images', 'mlflow', 'main.py');
  const python = pythonOf(path.join(programRoot, '.tidegate', 'venv'));
  const { exitCode, stdout, stderr } = await runCommand(python, [program, 'users'], {
    env: {
      ...pythonEnvironment(['MLFLOW_', 'AWS_']),
      ...NAMES,
      MLFLOW_DB_HOST: server.hostname,
      MLFLOW_DB_PORT: server.port,
      MLFLOW_DB_USER: decodeURIComponent(server.username),
      MLFLOW_DB_PASSWORD: decodeURIComponent(server.password),
      MLFLOW_ADMIN_USERNAME: ADMINISTRATOR,
      MLFLOW_USERS_REQUEST: JSON.stringify(request),
    },
    timeoutMs: TIMEOUT_MS,
  });
  const lines = [stderr, stdout].flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return { exitCode, lines, description: descriptionOf(exitCode, python) };
}

/** @throws CommandError when MLflow does not answer, or lets everybody in */
async function requireUsers(url: string): Promise<void> {
  let status: number;
  try {
    const answer = await fetch(`${url}/api/2.0/mlflow/experiments/get?experiment_id=0`, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    ({ status } = answer);
  } catch {
    throw new CommandError(
      `The local MLflow does not answer at ${url}: start the stack again with "npm start".`,
    );
  }
  if (status !== 401)
    throw new CommandError(
      `The local MLflow knows no users: without a login it answers ${status}, expected 401. Start the stack without --no-mlflow-auth.`,
    );
}

function descriptionOf(exitCode: number | undefined, python: string): string {
  return exitCode === undefined
    ? `${python} could not be run, or did not end in time: expected what "npm start" installs.`
    : `The program of infra/images/mlflow ended with ${exitCode} and gave no answer. Mend the cause and try again.`;
}
