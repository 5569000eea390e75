import { CommandError } from '../command-error';
import type { InfraProgram } from '../infra-programs/run-infra-program';
import { installationOf, type Installation } from '../installation';
import { durationMs } from './duration';
import { OPERATIONS_HELP } from './operations-help';
import { readArguments } from '../read-arguments';

interface Operation {
  readonly installation: Installation;
  readonly isJson: boolean;
}

/** A command that changes what runs. */
export interface ChangeOptions {
  /** `--yes`: do not ask. */
  readonly isConfirmed: boolean;
  /** How long to wait until the services are stable again. */
  readonly timeoutMs: number;
}

export type StatusCommand = Operation & {
  readonly name: 'status';
  readonly service?: string;
  /** Undefined: once. */
  readonly watchIntervalMs?: number;
};
export type LogsCommand = Operation & {
  readonly name: 'logs';
  readonly service: string;
  readonly sinceMs: number;
  readonly isFollowing: boolean;
};
export type DiagnoseCommand = Operation & {
  readonly name: 'diagnose';
  readonly service: string;
  readonly sinceMs: number;
};
export type RollbackCommand = Operation &
  ChangeOptions & { readonly name: 'rollback'; readonly service: string; readonly revision?: number };
export type RedeployCommand = Operation &
  ChangeOptions & { readonly name: 'redeploy'; readonly service: string };
export type StopTaskCommand = Operation &
  ChangeOptions & { readonly name: 'stop-task'; readonly taskId: string };
export type ScaleCommand = Operation &
  ChangeOptions & { readonly name: 'scale'; readonly service: string; readonly count: number };
export type DriftCommand = Operation & { readonly name: 'drift' };
export type InfraProgramCommand = Operation & { readonly name: InfraProgram };

export type OperationsCommand =
  | StatusCommand
  | LogsCommand
  | DiagnoseCommand
  | RollbackCommand
  | RedeployCommand
  | StopTaskCommand
  | ScaleCommand
  | DriftCommand
  | InfraProgramCommand
  | { readonly name: 'operations help'; readonly text: string };

const CHANGE_OPTIONS = ['yes', 'timeout'] as const;

/** What follows the environment, and the options beside those that all commands have. */
const COMMANDS = {
  status: { words: ['[service]'], options: ['watch', 'interval'] },
  logs: { words: ['service'], options: ['follow', 'since'] },
  diagnose: { words: ['service'], options: ['since'] },
  rollback: { words: ['service'], options: ['to', ...CHANGE_OPTIONS] },
  redeploy: { words: ['service'], options: CHANGE_OPTIONS },
  'stop-task': { words: ['task'], options: CHANGE_OPTIONS },
  scale: { words: ['service', 'count'], options: CHANGE_OPTIONS },
  drift: { words: [], options: [] },
  doctor: { words: [], options: [] },
  cost: { words: [], options: [] },
} as const satisfies Record<string, { words: readonly string[]; options: readonly string[] }>;

type Name = keyof typeof COMMANDS;

const KNOWN_TO_INFRA: readonly Name[] = ['drift', 'doctor', 'cost'];
type Values = ReturnType<typeof read>['values'];

export function isOperation(name: string | undefined): name is Name {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

/** @throws CommandError that names what is wrong */
export function parseOperation(
  name: Name,
  args: readonly string[],
  defaultRegion: string,
): OperationsCommand {
  const { values, positionals } = read(args);
  if (values.help === true) return { name: 'operations help', text: OPERATIONS_HELP };
  refuseForeignOptions(name, values);
  const [environment, ...words] = positionals;
  if (environment === undefined)
    throw new CommandError(`Of which environment? Expected "${usageOf(name, 'dev')}", for example.`);
  requireWords(name, environment, words);
  const installation = installationOf(
    environment,
    values.project ?? 'tidegate',
    values.region ?? defaultRegion,
  );
  return commandOf(name, { installation, isJson: values.json === true }, words, values);
}

function commandOf(
  name: Name,
  operation: Operation,
  words: readonly string[],
  values: Values,
): OperationsCommand {
  const [first = '', second = ''] = words;
  switch (name) {
    case 'status':
      return { name, ...operation, ...(first !== '' && { service: first }), ...watchOf(values) };
    case 'logs':
      return {
        name,
        ...operation,
        service: first,
        ...sinceOf(values, '10m'),
        isFollowing: values.follow === true,
      };
    case 'diagnose':
      return { name, ...operation, service: first, ...sinceOf(values, '1h') };
    case 'rollback':
      return { name, ...operation, service: first, ...changeOf(values), ...revisionOf(values) };
    case 'redeploy':
      return { name, ...operation, service: first, ...changeOf(values) };
    case 'stop-task':
      return { name, ...operation, taskId: first, ...changeOf(values) };
    case 'scale':
      return {
        name,
        ...operation,
        service: first,
        count: numberOf('The count', second, 1_000),
        ...changeOf(values),
      };
    case 'drift':
    case 'doctor':
    case 'cost':
      return { name, ...operation };
  }
}

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate status --help', {
    project: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    watch: { type: 'boolean' },
    interval: { type: 'string' },
    follow: { type: 'boolean', short: 'f' },
    since: { type: 'string' },
    to: { type: 'string' },
    yes: { type: 'boolean' },
    timeout: { type: 'string' },
  });
}

function refuseForeignOptions(name: Name, values: Values): void {
  // infra/aws knows project and region of an environment itself.
  const named = KNOWN_TO_INFRA.includes(name) ? [] : ['project', 'region'];
  const known: readonly string[] = [...named, 'json', ...COMMANDS[name].options];
  const foreign = Object.keys(values).find((option) => !known.includes(option));
  if (foreign !== undefined)
    throw new CommandError(
      `${name} has no option --${foreign}. "tidegate ${name} --help" lists the options.`,
    );
}

function requireWords(name: Name, environment: string, words: readonly string[]): void {
  const expected: readonly string[] = COMMANDS[name].words;
  const unexpected = words[expected.length];
  if (unexpected !== undefined)
    throw new CommandError(`"${unexpected}" is one word too many: expected "${usageOf(name, environment)}".`);
  const missing = expected.slice(words.length).find((word) => !word.startsWith('['));
  if (missing !== undefined)
    throw new CommandError(`Which ${missing}? Expected "${usageOf(name, environment)}".`);
}

function usageOf(name: Name, environment: string): string {
  const words = COMMANDS[name].words.map((word) => (word.startsWith('[') ? word : `<${word}>`));
  return ['tidegate', name, environment, ...words].join(' ');
}

function watchOf({ watch, interval }: Values): { watchIntervalMs?: number } {
  if (watch === true) return { watchIntervalMs: durationMs('--interval', interval ?? '5s') };
  if (interval !== undefined) throw new CommandError('--interval is for --watch: expected both or neither.');
  return {};
}

function sinceOf({ since }: Values, standard: string): { sinceMs: number } {
  return { sinceMs: durationMs('--since', since ?? standard) };
}

function changeOf({ yes, timeout }: Values): ChangeOptions {
  return { isConfirmed: yes === true, timeoutMs: durationMs('--timeout', timeout ?? '20m') };
}

function revisionOf({ to }: Values): { revision?: number } {
  return to === undefined ? {} : { revision: numberOf('--to', to, 1_000_000) };
}

function numberOf(what: string, text: string, highest: number): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= highest) return Number(text);
  throw new CommandError(`${what} is "${text}": expected a whole number up to ${highest}.`);
}
