import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { findComposeClient } from './compose-client';

export const composeFolder = path.resolve(__dirname, '..');
export const COMPOSE_FILES = ['compose.yaml', 'docker-compose.health-test.yml'] as const;
export type ComposeFile = (typeof COMPOSE_FILES)[number];

/** As much of a service as the tests look at, the way Compose understood it. */
export interface ComposeService {
  readonly image: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args?: Readonly<Record<string, string>>;
  };
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: {
    readonly test?: readonly string[];
    readonly start_period?: string;
    readonly interval?: string;
    readonly timeout?: string;
    readonly retries?: number;
    readonly disable?: boolean;
  };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number }[];
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly stop_grace_period?: string;
}

export interface ComposeModel {
  /** Of the project: containers, networks and volumes of two files are the same when it is the same. */
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/**
 * Has Compose read a file: it checks it against the schema of the Compose specification, puts variables in and resolves
 * what it includes.
 */
export async function readCompose(
  file: string,
  variables: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<CommandResult> {
  const [command, ...args] = await findComposeClient();
  return runCommand(
    command,
    [...args, '--file', path.resolve(composeFolder, file), 'config', '--format', 'json', ...options],
    // An empty file instead of the `.env` a person may have made.
    { env: { ...hostEnvironment(), COMPOSE_DISABLE_ENV_FILE: 'true', ...variables }, cwd: composeFolder },
  );
}

/** @throws Error with what Compose said */
export async function loadCompose(
  file: ComposeFile,
  variables: Readonly<Record<string, string>>,
): Promise<ComposeModel> {
  const { exitCode, stdout, stderr } = await readCompose(file, variables);
  if (exitCode !== 0) throw new Error(`Compose refuses ${file}: ${stderr.trim()}`);
  return JSON.parse(stdout) as ComposeModel;
}
