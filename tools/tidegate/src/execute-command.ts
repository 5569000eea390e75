import { systemClock } from '@tidegate/clock';
import { HELP, type Command } from './command-line';
import { imagesBuild, imagesPush } from './images/images-commands';
import { keys } from './keys/keys-commands';
import { setup } from './setup/setup-command';

/** Runs a command to its end. */
export async function executeCommand(
  command: Command,
  workspaceRoot: string,
  print: (line: string) => void,
  note: (line: string) => void = (line) => console.error(line),
): Promise<void> {
  switch (command.name) {
    case 'help':
      return print(HELP);
    case 'images build':
      return imagesBuild(command, { workspaceRoot, print });
    case 'images push':
      return imagesPush(command, { workspaceRoot, print });
    case 'setup':
      return setup(command.installation, { workspaceRoot, clock: systemClock, print });
    default:
      return keys(command, { workspaceRoot, clock: systemClock, print, note });
  }
}
