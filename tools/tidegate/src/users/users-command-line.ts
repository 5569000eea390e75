import { CommandError } from '../command-error';
import { installationOf, type Installation } from '../installation';
import { readArguments } from '../read-arguments';
import { PERMISSIONS, type Permission, type ResourceType } from './users-request';

export interface UsersOptions {
  /** Undefined: the local stack. */
  readonly installation?: Installation;
  readonly isJson: boolean;
}

export type CreateUser = UsersOptions & {
  readonly name: 'users create';
  readonly user: string;
  readonly isAdmin: boolean;
  /** From standard input; else one is made. */
  readonly readsPassword: boolean;
};
export type ListUsers = UsersOptions & { readonly name: 'users list' };
export type GrantPermission = UsersOptions & {
  readonly name: 'users grant';
  readonly user: string;
  readonly type: ResourceType;
  /** Name or id of an experiment, name of a registered model. */
  readonly resource: string;
  readonly permission: Permission;
};
export type DeleteUser = UsersOptions & {
  readonly name: 'users delete';
  readonly user: string;
  readonly isConfirmed: boolean;
};
export type UsersCommand =
  { readonly name: 'users help' } | CreateUser | ListUsers | GrantPermission | DeleteUser;

export const USERS_HELP = `Usage: tidegate users <command> <environment> | --local [options]

MLflow's own users, who log in to its pages.

  users create <env> <name>   make a user; its password is shown once, alone on standard output
    --admin            it may see and do everything
    --password-stdin   its password comes from standard input: 12 characters or more
  users list <env>            all users, and what each may do
  users grant <env> <name> experiment <name or id> <permission>
  users grant <env> <name> model <registered model> <permission>
                       READ, EDIT, MANAGE (delete, and grant to others, too), or NO_PERMISSIONS,
                       which takes back what was granted
  users delete <env> <name>   delete a user and what it was granted
    --yes              do not ask

  --local              the local stack (npm start), in place of an environment
  --project <name>     first part of every name; default tidegate
  --region <region>    default: AWS_REGION, else eu-west-2
  --json               the result as JSON

On AWS a task of the set-up works on MLflow's database: about a minute. Only the hash of a password leaves this machine.`;

/** What follows the environment. */
const WORDS = {
  create: ['name'],
  list: [],
  grant: ['name', 'experiment|model', 'name of it', 'permission'],
  delete: ['name'],
} as const satisfies Record<string, readonly string[]>;

type Verb = keyof typeof WORDS;

const OWN_OPTIONS: Readonly<Record<Verb, readonly string[]>> = {
  create: ['admin', 'password-stdin'],
  list: [],
  grant: [],
  delete: ['yes'],
};

const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  experiment: 'experiment',
  model: 'registered_model',
};

/** What column of MLflow's database a name must fit into. */
const LONGEST_NAME = 255;

/**
 * @param args what follows `tidegate users`
 * @throws CommandError that names what is wrong
 */
export function parseUsersCommand(args: readonly string[], defaultRegion: string): UsersCommand {
  const { values, positionals } = read(args);
  const [verb, ...words] = positionals;
  if (values.help === true || verb === undefined) return { name: 'users help' };
  if (!isVerb(verb))
    throw new CommandError(
      `"users ${verb}" is no command: expected users create, list, grant or delete; see "tidegate users --help".`,
    );
  refuseForeignOptions(verb, values);
  const options = optionsOf(verb, words[0], values, defaultRegion);
  const rest = values.local === true ? words : words.slice(1);
  requireWords(verb, values.local === true ? '--local' : (words[0] ?? ''), rest);
  return commandOf(verb, options, rest, values);
}

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate users --help', {
    admin: { type: 'boolean' },
    'password-stdin': { type: 'boolean' },
    yes: { type: 'boolean' },
    local: { type: 'boolean' },
    project: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}

type Values = ReturnType<typeof read>['values'];

function isVerb(verb: string): verb is Verb {
  return Object.hasOwn(WORDS, verb);
}

function refuseForeignOptions(verb: Verb, values: Values): void {
  const known = ['local', 'project', 'region', 'json', ...OWN_OPTIONS[verb]];
  const foreign = Object.keys(values).find((option) => !known.includes(option));
  if (foreign !== undefined)
    throw new CommandError(
      `users ${verb} has no option --${foreign}. "tidegate users --help" lists the options.`,
    );
}

function optionsOf(
  verb: Verb,
  environment: string | undefined,
  { local, project, region, json }: Values,
  defaultRegion: string,
): UsersOptions {
  const isJson = json === true;
  if (local === true) {
    if ((project ?? region) !== undefined)
      throw new CommandError('--local is no installation on AWS: expected no --project or --region.');
    return { isJson };
  }
  if (environment === undefined)
    throw new CommandError(`Of which environment? Expected "${usageOf(verb, 'dev')}", for example.`);
  return {
    isJson,
    installation: installationOf(environment, project ?? 'tidegate', region ?? defaultRegion),
  };
}

function requireWords(verb: Verb, target: string, words: readonly string[]): void {
  const unexpected = words[WORDS[verb].length];
  if (unexpected !== undefined)
    throw new CommandError(`"${unexpected}" is one word too many: expected "${usageOf(verb, target)}".`);
  if (words.length < WORDS[verb].length)
    throw new CommandError(`A word is missing: expected "${usageOf(verb, target)}".`);
}

function usageOf(verb: Verb, target: string): string {
  return ['tidegate users', verb, target, ...WORDS[verb].map((word) => `<${word}>`)].join(' ');
}

function commandOf(
  verb: Verb,
  options: UsersOptions,
  [name = '', type = '', resource = '', permission = '']: readonly string[],
  values: Values,
): UsersCommand {
  switch (verb) {
    case 'create':
      return {
        ...{ name: 'users create', ...options, user: newUserName(name) },
        isAdmin: values.admin === true,
        readsPassword: values['password-stdin'] === true,
      };
    case 'list':
      return { name: 'users list', ...options };
    case 'grant':
      return {
        ...{ name: 'users grant', ...options, user: userName(name) },
        ...{ type: typeOf(type), resource, permission: permissionOf(permission) },
      };
    case 'delete':
      return { name: 'users delete', ...options, user: userName(name), isConfirmed: values.yes === true };
  }
}

/** MLflow takes any name, but who is called `a:b` or has letters that clients write in different ways cannot log in. */
function newUserName(name: string): string {
  if (/^[!-9;-~]+$/.test(name) && name.length <= LONGEST_NAME) return name;
  throw new CommandError(
    `"${name}" cannot be the name of a user: expected up to ${LONGEST_NAME} letters, digits and signs of ASCII, without spaces and colons.`,
  );
}

function userName(name: string): string {
  if (name !== '' && name.length <= LONGEST_NAME) return name;
  throw new CommandError(
    `"${name}" is no name of a user: expected one of those that "tidegate users list" shows.`,
  );
}

function typeOf(text: string): ResourceType {
  const type = RESOURCE_TYPES[text];
  if (type !== undefined) return type;
  throw new CommandError(`Permissions on "${text}" are not known: expected experiment or model.`);
}

function permissionOf(text: string): Permission {
  const permission = PERMISSIONS.find((name) => name === text.toUpperCase());
  if (permission !== undefined) return permission;
  throw new CommandError(`"${text}" is no permission: expected ${PERMISSIONS.join(', ')}.`);
}
