import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@tidegate/clock';
import { env } from './client-settings/env-command';
import { HELP, type Command } from './command-line';
import { runDeployCommand } from './deploy/deploy-commands';
import { ExitCode } from './exit-code';
import { imagesBuild, imagesPush } from './images/images-commands';
import { keys } from './keys/keys-commands';
import { healthTest } from './local-stack/health-test-command';
import { migrate } from './migrate/migrate-commands';
import { runOperation } from './operations/operations-commands';
import { quietWhere, type OperationsContext } from './operations/operations-context';
import { setup } from './setup/setup-command';
import { askAtTerminal } from './terminal/ask';
import { createPaint } from './terminal/paint';
import { readStandardInput } from './terminal/read-standard-input';
import { terminalOfProcess } from './terminal/terminal.config';
import { users } from './users/users-command';
import type { UsersCommand } from './users/users-command-line';
import { verify } from './verify/verify-command';

/** Of the clone this file is in. */
const PROGRAM_ROOT = path.resolve(__dirname, '../../..');

type Print = (line: string) => void;

/** Runs a command to its end; resolves to the exit code of the process. */
export async function executeCommand(
  command: Command,
  workspaceRoot: string,
  print: Print,
  note: Print = (line) => console.error(line),
): Promise<ExitCode> {
  const context = operationsContext(workspaceRoot, print, note);
  if (isPartOf(command, 'keys')) {
    await keys(command, context);
    return ExitCode.ok;
  }
  if (isPartOf(command, 'users')) return manageUsers(command, context);
  if (isPartOf(command, 'migrate')) return migrate(command, { ...context, workFolder: workspaceRoot });
  switch (command.name) {
    case 'help':
      print(HELP);
      return ExitCode.ok;
    case 'images build':
      return reported(command.isJson, context, (quiet) => imagesBuild(command, quiet));
    case 'images push':
      return reported(command.isJson, context, (quiet) => imagesPush(command, quiet));
    case 'setup':
      return reported(command.isJson, context, (quiet) => setup(command.installation, quiet));
    case 'health-test help':
    case 'health-test':
      return healthTest(command, { ...context, programRoot: PROGRAM_ROOT });
    case 'env help':
    case 'env':
      await env(command, context);
      return ExitCode.ok;
    case 'verify help':
    case 'verify':
      return verify(command, context);
    case 'deploy help':
    case 'deploy':
    case 'destroy':
      return runDeployCommand(command, context);
    default:
      return runOperation(command, context);
  }
}

/** A command whose lines are progress where a program reads: then only what it resolves to is printed. */
async function reported(
  isJson: boolean,
  context: OperationsContext,
  run: (context: OperationsContext & { readonly isQuiet: boolean }) => Promise<object>,
): Promise<ExitCode> {
  const result = await run(quietWhere(isJson, context));
  if (isJson) context.print(JSON.stringify(result, null, 2));
  return ExitCode.ok;
}

/** Whether it is one of the commands that begin with this word. */
function isPartOf<Word extends string>(
  command: Command,
  word: Word,
): command is Extract<Command, { name: `${Word} ${string}` }> {
  return command.name.startsWith(`${word} `);
}

async function manageUsers(command: UsersCommand, context: OperationsContext): Promise<ExitCode> {
  const { hasPipedInput } = terminalOfProcess();
  await users(command, {
    ...context,
    programRoot: PROGRAM_ROOT,
    randomBytes,
    ...(hasPipedInput && { readInput: readStandardInput }),
  });
  return ExitCode.ok;
}

function operationsContext(workspaceRoot: string, print: Print, note: Print): OperationsContext {
  const { isColoured, isInteractive } = terminalOfProcess();
  return {
    ...{ workspaceRoot, clock: systemClock, print, note },
    sleep: (durationMs) => sleep(durationMs),
    paint: createPaint(isColoured),
    ...(isInteractive && { ask: askAtTerminal }),
  };
}
