import path from 'node:path';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { readArguments } from '../read-arguments';
import { runProgram } from '../run-program';
import { readStack } from './read-stack';

/** What can be stopped on purpose. */
export const PARTS = ['api', 'inference', 'logging', 'mlflow', 'postgres', 'redis'] as const;
export type Part = (typeof PARTS)[number];

export type HealthTestCommand =
  | { readonly name: 'health-test help' }
  | {
      readonly name: 'health-test';
      /** Parts that were stopped on purpose. */
      readonly down: readonly Part[];
      readonly isJson: boolean;
    };

export const HEALTH_TEST_HELP = `Usage: tidegate health-test [--down <part>,…] [--json]

Asks every health endpoint of the local stack, again and again for a minute until each answers as it must;
meanwhile standard error says what is waited for. It stops nothing itself. To see what a lost part does, stop
it (.tidegate/stack.json has the process ids) and say which with --down.

  --down <parts>   what you stopped, of ${PARTS.join(', ')}:
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
  const down = values.down === undefined ? [] : partsOf(values.down);
  return { name: 'health-test', down, isJson: values.json === true };
}

function partsOf(text: string): Part[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !isPart(name));
  if (names.length > 0 && unknown.length === 0) return names.filter(isPart);
  throw new CommandError(
    `--down names ${unknown.join(', ') || 'no part'}: expected some of ${PARTS.join(', ')}, separated by commas.`,
  );
}

function isPart(name: string): name is Part {
  return PARTS.some((part) => part === name);
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
  const { services, apiKey } = await readStack(workspaceRoot);
  const { api, inference, logging, mlflow } = services;
  const addresses = { api, inference, logging, mlflow };
  refuseMissing(addresses, command.down);
  const exitCode = await runProgram(process.execPath, [path.join(programRoot, TEST)], {
    cwd: workspaceRoot,
    environment: {
      API_URL: api.url,
      INFERENCE_URL: inference?.url ?? '',
      LOGGING_URL: logging?.url ?? '',
      MLFLOW_URL: mlflow?.url ?? '',
      TIDEGATE_API_KEY: apiKey,
      DOWN: command.down.join(','),
      FORMAT: command.isJson ? 'json' : 'text',
    },
  });
  if (exitCode === 0) return ExitCode.ok;
  // It ends with 1 when an answer was wrong, and with 2 when it was not told where to ask.
  return exitCode === 1 ? ExitCode.finding : ExitCode.failure;
}

/** @throws CommandError when the stack has no address of a part that was not stopped */
function refuseMissing(addresses: Readonly<Record<string, unknown>>, down: readonly string[]): void {
  const missing = Object.keys(addresses).filter(
    (name) => addresses[name] === undefined && !down.includes(name),
  );
  if (missing.length === 0) return;
  throw new CommandError(
    `The local stack runs without ${missing.join(', ')}: expected every part. ` +
      `Start it with "npm start", or say that this is on purpose: "--down ${[...down, ...missing].join(',')}".`,
  );
}

export interface HealthTestContext {
  /** Where the local stack keeps its state. */
  readonly workspaceRoot: string;
  /** Where this program's own files are. */
  readonly programRoot: string;
  readonly print: (line: string) => void;
}

const TEST = 'infra/compose/health-test/health-test.mjs';
