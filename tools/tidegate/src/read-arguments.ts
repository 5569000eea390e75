import { parseArgs } from 'node:util';
import { CommandError } from './command-error';

export type OptionTypes = Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>;

/**
 * Options and words of a command.
 *
 * @param help the command that lists its options, such as `tidegate keys --help`
 * @throws CommandError that names what is wrong
 */
export function readArguments<T extends OptionTypes>(args: readonly string[], help: string, options: T) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // parseArgs' first sentence names the option; the rest explains its own syntax.
    const [reason] = (error as Error).message.split('. ');
    throw new CommandError(`${reason}. "${help}" lists the options.`);
  }
}
