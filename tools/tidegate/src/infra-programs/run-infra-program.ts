import path from 'node:path';
import { ExitCode } from '../exit-code';
import { runProgram } from '../run-program';

/** Programs of `infra/aws` that know its environments. */
export type InfraProgram = 'doctor' | 'cost';

export interface InfraProgramOptions {
  readonly environment: string;
  readonly workspaceRoot: string;
  readonly isJson: boolean;
  /** More arguments. @default none */
  readonly words?: readonly string[];
  /** What it prints goes to standard error. @default false */
  readonly isQuiet?: boolean;
}

/** Runs one of them for a person; it prints the result itself. Resolves to its exit code. */
export async function runInfraProgram(
  program: InfraProgram,
  { environment, isJson, workspaceRoot, words = [], isQuiet = false }: InfraProgramOptions,
): Promise<ExitCode> {
  const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
  const main = path.join('src', program, 'main.ts');
  const args = ['--import', loader, main, environment, ...words, ...(isJson ? ['--json'] : [])];
  const exitCode = await runProgram(process.execPath, args, {
    cwd: path.join(workspaceRoot, 'infra/aws'),
    isQuiet,
  });
  return exitCode === ExitCode.ok || exitCode === ExitCode.finding ? exitCode : ExitCode.failure;
}
