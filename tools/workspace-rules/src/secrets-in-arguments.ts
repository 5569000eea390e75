import type { DocumentedCommand } from './documented-commands';

/** Arguments of every process can be read by every other one, and a shell keeps them in its history. */
export function secretsInArguments(commands: readonly DocumentedCommand[]): string[] {
  return commands
    .flatMap(({ words }) => [
      ...words.filter((word) => /^--(from-literal|password)=/.test(word)),
      ...afterOption(words, ['--from-literal', '--password'], () => true),
      ...afterOption(words, ['--secret-string'], (value) => !value.startsWith('file://')),
      ...(words[0] === 'curl' ? afterOption(words, ['-u', '--user'], (value) => value.includes(':')) : []),
    ])
    .map(
      (argument) =>
        `${argument} is a secret that every process of the machine can read: expected it on standard input or in a file`,
    );
}

function afterOption(
  words: readonly string[],
  options: readonly string[],
  isSecret: (value: string) => boolean,
): string[] {
  return words.flatMap((word, at) => {
    const value = words[at + 1];
    return options.includes(word) && value !== undefined && isSecret(value) ? [`${word} ${value}`] : [];
  });
}
