import { shellCommands, type ShellCommand } from './shell-commands';

export interface DocumentedCommand {
  readonly words: ShellCommand;
  /** In a sentence, where it may be named without all its words; else in a block that is meant to be copied. */
  readonly isMention: boolean;
}

/** Every command that a document shows: in blocks for a shell, in `code`, and in "quotes" that begin with `tidegate`. */
export function documentedCommands(text: string): DocumentedCommand[] {
  const prose = text.replace(/^( *)```.*?^\1```/gms, '');
  const inCode = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  const quoted = [...prose.matchAll(/"(tidegate [^"]+)"/g)].map(([, code = '']) => code);
  return [
    ...shellBlocks(text).flatMap((block) => commandsOf(block, false)),
    ...[...inCode, ...quoted].flatMap((code) =>
      commandsOf(code.replace(/\s*\n\s*/g, ' ').replaceAll('&lt;', '<'), true),
    ),
  ];
}

/** The blocks of a document that are for a shell. */
export function shellBlocks(text: string): string[] {
  return [...text.matchAll(/^( *)```sh\n(.*?)^\1```/gms)].map(([, , block = '']) => block);
}

/** What follows `program`, such as `aws`, in each command that starts it; also by `xargs`. */
export function argumentsOf(
  commands: readonly DocumentedCommand[],
  program: readonly string[],
): DocumentedCommand[] {
  return commands.flatMap(({ words, isMention }) => {
    const begin = words[0] === 'xargs' ? words.indexOf(program[0] ?? '') : 0;
    const isIt = begin >= 0 && program.every((word, index) => words[begin + index] === word);
    return isIt ? [{ words: words.slice(begin + program.length), isMention: isMention || begin > 0 }] : [];
  });
}

function commandsOf(script: string, isMention: boolean): DocumentedCommand[] {
  return shellCommands(script).map((words) => ({ words, isMention }));
}
