import path from 'node:path';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { readArguments } from '../read-arguments';
import { runProgram } from '../run-program';
import { readStack } from './read-stack';

export type HealthTestCommand =
  | { readonly name: 'health-test help' }
  | {
      readonly name: 'health-test';
      /** Parts that were stopped on purpose, separated by commas. */
      readonly down: string;
      readonly isJson: boolean;
    };

export const HEALTH_TEST_HELP = `Usage: tidegate health-test [--down <part>,…] [--json]

Asks every health endpoint of the local stack, again and again for a minute until each answers as it must.

  --down <parts>   what was stopped on purpose, of mlflow, postgres, redis, inference, logging:
                   then the answers must be those of a system without it
  --json           the results as JSON

Exit code 0: all answered so; 2: one did not; 1: it could not be asked.`;

/**
 * @param args what follows `tidegate health-test`
 * @throws CommandError that names what is wrong
 */
export function parseHealthTestCommand(args: readonly string[]): HealthTestCommand {
  const { values, positionals } = readArguments(args, 'tidegate health-test --help', {
    down: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return { name: 'health-test help' };
  if (positionals[0] !== undefined)
    throw new CommandError(
      `"${positionals[0]}" is one word too many: expected "tidegate health-test", with --down at most.`,
    );
  return { name: 'health-test', down: values.down ?? '', isJson: values.json === true };
}

/** `tidegate health-test`: the test of `infra/compose`, with the addresses of the local stack. */
export async function healthTest(
  command: HealthTestCommand,
  { workspaceRoot, programRoot, print }: HealthTestContext,
): Promise<ExitCode> {
  if (command.name === 'health-test help') {
    print(HEALTH_TEST_HELP);
    return ExitCode.ok;
  }
  const { api, inference, logging, mlflow } = (await readStack(workspaceRoot)).services;
  const exitCode = await runProgram(process.execPath, [path.join(programRoot, TEST)], {
    cwd: workspaceRoot,
    environment: {
      API_URL: api.url,
      INFERENCE_URL: inference?.url ?? '',
      LOGGING_URL: logging?.url ?? '',
      MLFLOW_URL: mlflow?.url ?? '',
      DOWN: command.down,
      FORMAT: command.isJson ? 'json' : 'text',
    },
  });
  if (exitCode === 0) return ExitCode.ok;
  // It ends with 1 when an answer was wrong, and with 2 when it was not told where to ask.
  return exitCode === 1 ? ExitCode.finding : ExitCode.failure;
}

export interface HealthTestContext {
  /** Where the local stack keeps its state. */
  readonly workspaceRoot: string;
  /** Where this program's own files are. */
  readonly programRoot: string;
  readonly print: (line: string) => void;
}

const TEST = 'infra/compose/health-test/health-test.mjs';
