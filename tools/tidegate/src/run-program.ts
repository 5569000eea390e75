import { spawn } from 'node:child_process';
import { CommandError } from './command-error';

export interface ProgramOptions {
  readonly cwd: string;
  /** For its standard input. @default none */
  readonly input?: string;
  /** All that it gets. @default what this process has */
  readonly environment?: NodeJS.ProcessEnv;
  /** What it prints goes to standard error. @default false */
  readonly isQuiet?: boolean;
}

/**
 * Runs a program whose output is for the person at the terminal; resolves to its exit code. Ctrl-C reaches the program from the
 * terminal: this process waits for it to end in order.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  const stayOnInterrupt = (): void => undefined;
  process.on('SIGINT', stayOnInterrupt);
  try {
    return await exitCodeOf(program, args, options);
  } finally {
    process.off('SIGINT', stayOnInterrupt);
  }
}

function exitCodeOf(
  program: string,
  args: readonly string[],
  { cwd, environment, input, isQuiet = false }: ProgramOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...{ cwd, ...(environment && { env: environment }) },
      stdio: [input === undefined ? 'ignore' : 'pipe', isQuiet ? 2 : 'inherit', 'inherit'],
    });
    child.once('error', (cause: NodeJS.ErrnoException) => reject(cannotStart(program, cause)));
    child.once('exit', (code) => resolve(code ?? 1));
    // A program that ends without reading its input has its say by the exit code.
    child.stdin?.once('error', () => undefined).end(input);
  });
}

function cannotStart(program: string, cause: NodeJS.ErrnoException): CommandError {
  return new CommandError(
    `${program} could not be started (${cause.code ?? cause.message}): expected it to be installed and on PATH.`,
  );
}
