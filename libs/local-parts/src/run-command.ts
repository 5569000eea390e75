import { execFile } from 'node:child_process';
import { launchCommand, type Account } from './launch-command';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface CommandResult {
  /** 0 when it did what was asked; undefined when it could not be started or was ended by a signal. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  timeoutMs?: number;
  account?: Account;
}

/** Runs a short program to its end and collects what it prints; a failure is a value. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env, cwd, timeoutMs, account }: CommandOptions,
): Promise<CommandResult> {
  const { command: file, args: fileArgs, ...ids } = launchCommand(command, args, { account });
  const options = { env, cwd, timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, ...ids };
  return new Promise((resolve) => {
    execFile(file, fileArgs, options, (error, stdout, stderr) =>
      resolve({ exitCode: exitCodeOf(error), stdout, stderr }),
    );
  });
}

function exitCodeOf(error: Error | null): number | undefined {
  if (error === null) return 0;
  return 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
