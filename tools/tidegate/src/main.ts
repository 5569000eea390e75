import { explainAwsFailure } from './aws-failure';
import { CommandError } from './command-error';
import { parseCommand } from './command-line';
import { regionFromEnvironment } from './region.config';
import { executeCommand } from './execute-command';

async function main(): Promise<void> {
  let region = regionFromEnvironment();
  // Until the end is reached: a process that ends early by itself has not succeeded.
  process.exitCode = 1;
  try {
    const command = parseCommand(process.argv.slice(2), region);
    if ('installation' in command && command.installation) ({ region } = command.installation);
    process.exitCode = await executeCommand(command, process.cwd(), (line) => console.log(line));
  } catch (error) {
    const expected = error instanceof CommandError ? error : explainAwsFailure(error, region);
    console.error(expected?.message ?? error);
  }
}

void main();
