import path from 'node:path';
import { argumentsOf, type DocumentedCommand } from './documented-commands';
import { workspaceRoot } from './lint-texts';

interface CommandLine {
  readonly parseCommand: (args: readonly string[], defaultRegion: string) => unknown;
}

const PROGRAMS = [['npx', 'tidegate'], ['node', 'tools/tidegate/start.mjs'], ['tidegate']];
/** What a reader would put in. */
const VALUES: Readonly<Record<string, string>> = {
  id: 'k2v9xq4m7t1c',
  env: 'dev',
  environment: 'dev',
  commit: '5f13ba3d2dcafb905d439612e7380a1f2455d311',
  revision: '3',
  count: '2',
  its_revision: '3',
};

/** What tidegate's own reader of arguments says against the commands of a document. */
export async function refusedTidegateCommands(commands: readonly DocumentedCommand[]): Promise<string[]> {
  // Loaded as data, by its path: nothing depends on a tool.
  const file = path.join(workspaceRoot, 'tools/tidegate/src/command-line.ts');
  const { parseCommand } = (await import(file)) as CommandLine;
  return PROGRAMS.flatMap((program) => argumentsOf(commands, program)).flatMap(({ words, isMention }) => {
    if (isMention && words.some((word) => word.includes('…'))) return [];
    try {
      parseCommand(words.map(valueOf), 'eu-west-2');
      return [];
    } catch (error) {
      const { message } = error as Error;
      const isOnlyNamed = isMention && words.length <= 2 && !message.includes('is no command');
      return isOnlyNamed ? [] : [`tidegate refuses "${words.join(' ')}": ${message}`];
    }
  });
}

function valueOf(word: string): string {
  return word.replace(/\{([\w-]+)\}/g, (_, name: string) => VALUES[name] ?? 'x');
}
