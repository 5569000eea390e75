import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { argumentsOf, type DocumentedCommand } from './documented-commands';
import { workspaceRoot } from './lint-texts';

const FOLDER = path.join(workspaceRoot, 'infra/compose');
const DEFAULT_FILE = 'compose.yaml';
const COMMANDS = 'build config down exec logs ps pull restart run start stop up'.split(' ');
/** What follows the first word is a command in the container. */
const ONE_SERVICE = ['exec', 'run'];
const OPTIONS_WITH_VALUE = [
  '--env',
  '--scale',
  '--since',
  '--tail',
  '--timeout',
  '--until',
  '-e',
  '-n',
  '-t',
];

interface ComposeFile {
  readonly include?: readonly string[];
  readonly services?: Readonly<Record<string, unknown>>;
}

/** `docker compose …` of a file, command or service that is not there. */
export function wrongComposeCommands(commands: readonly DocumentedCommand[]): string[] {
  return argumentsOf(commands, ['docker', 'compose']).flatMap(({ words }) => problemsOf(words));
}

function problemsOf(words: readonly string[]): string[] {
  const hasFile = words[0] === '-f' || words[0] === '--file';
  const file = hasFile ? (words[1] ?? '') : DEFAULT_FILE;
  if (!existsSync(path.join(FOLDER, file))) return [`infra/compose has no ${file}`];
  const [command, ...rest] = hasFile ? words.slice(2) : words;
  if (command === undefined) return [];
  if (!COMMANDS.includes(command))
    return [`docker compose ${command}: expected one of ${COMMANDS.join(', ')}`];
  const known = servicesOf(file);
  const named = rest.filter(
    (word, at) => !word.startsWith('-') && !OPTIONS_WITH_VALUE.includes(rest[at - 1] ?? ''),
  );
  return (ONE_SERVICE.includes(command) ? named.slice(0, 1) : named)
    .filter((name) => !known.includes(name))
    .map((name) => `${file} has no service ${name}`);
}

function servicesOf(file: string): string[] {
  const { include = [], services = {} } = parse(readFileSync(path.join(FOLDER, file), 'utf8')) as ComposeFile;
  return [...include.flatMap(servicesOf), ...Object.keys(services)];
}
