import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@tidegate/clock';
import { env } from './client-settings/env-command';
import { HELP, type Command } from './command-line';
import { ExitCode } from './exit-code';
import { imagesBuild, imagesPush } from './images/images-commands';
import { keys } from './keys/keys-commands';
import type { KeysCommand } from './keys/keys-command-line';
import { healthTest } from './local-stack/health-test-command';
import { migrate } from './migrate/migrate-commands';
import type { OperationsCommand } from './operations/operations-command-line';
import { runOperation } from './operations/operations-commands';
import { setup } from './setup/setup-command';
import { askAtTerminal } from './terminal/ask';
import { createPaint } from './terminal/paint';
import { terminalOfProcess } from './terminal/terminal.config';
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
  switch (command.name) {
    case 'help':
      print(HELP);
      return ExitCode.ok;
    case 'images build':
      await imagesBuild(command, { workspaceRoot, print });
      return ExitCode.ok;
    case 'images push':
      await imagesPush(command, { workspaceRoot, print });
      return ExitCode.ok;
    case 'setup':
      await setup(command.installation, { workspaceRoot, clock: systemClock, print });
      return ExitCode.ok;
    case 'keys help':
    case 'keys create':
    case 'keys list':
    case 'keys rotate':
    case 'keys revoke':
      return manageKeys(command, workspaceRoot, print, note);
    case 'migrate help':
    case 'migrate export':
    case 'migrate import':
    case 'migrate validate':
      return migrate(command, { workFolder: workspaceRoot, clock: systemClock, print, note });
    case 'health-test help':
    case 'health-test':
      return healthTest(command, { workspaceRoot, programRoot: PROGRAM_ROOT, print });
    case 'env help':
    case 'env':
      await env(command, { workspaceRoot, print, note });
      return ExitCode.ok;
    case 'verify help':
    case 'verify': {
      const paint = createPaint(terminalOfProcess().isColoured);
      return verify(command, { workspaceRoot, clock: systemClock, print, note, paint });
    }
    default:
      return operate(command, workspaceRoot, print, note);
  }
}

async function manageKeys(command: KeysCommand, workspaceRoot: string, print: Print, note: Print) {
  await keys(command, { workspaceRoot, clock: systemClock, print, note });
  return ExitCode.ok;
}

function operate(command: OperationsCommand, workspaceRoot: string, print: Print, note: Print) {
  const { isColoured, isInteractive } = terminalOfProcess();
  return runOperation(command, {
    ...{ workspaceRoot, clock: systemClock, print, note },
    sleep: (durationMs) => sleep(durationMs),
    paint: createPaint(isColoured),
    ...(isInteractive && { ask: askAtTerminal }),
  });
}
