import { spawn } from 'node:child_process';
import { CommandError } from './command-error';

export interface ProgramOptions {
  readonly cwd: string;
  /** For its standard input. @default none */
  readonly input?: string;
  /** All that it gets. @default what this process has */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program whose output is for the person at the terminal; resolves to its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      ...(options.environment && { env: options.environment }),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'inherit', 'inherit'],
    });
    child.once('error', (cause: NodeJS.ErrnoException) => reject(cannotStart(program, cause)));
    child.once('exit', (code) => resolve(code ?? 1));
    // A program that ends without reading its input has its say by the exit code.
    child.stdin?.once('error', () => undefined).end(options.input);
  });
}

function cannotStart(program: string, cause: NodeJS.ErrnoException): CommandError {
  return new CommandError(
    `${program} could not be started (${cause.code ?? cause.message}): expected it to be installed and on PATH.`,
  );
}
