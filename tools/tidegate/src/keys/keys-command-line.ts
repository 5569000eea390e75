import { isKeyId } from '@tidegate/api-keys';
import { CommandError } from '../command-error';
import { readArguments, type OptionTypes } from '../read-arguments';

/** Which api is meant, and how the answer is shown. */
export interface KeysOptions {
  /** Undefined: TIDEGATE_URL. */
  readonly url?: string;
  /** Address and key of the local stack. */
  readonly isLocal: boolean;
  readonly isJson: boolean;
}

/** What `POST /api/keys` takes; the api checks it. */
export interface NewKey {
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly models?: readonly string[];
  readonly allowed_cidrs?: readonly string[];
  readonly rate_class?: string;
  readonly expires_at?: string;
  readonly expires_in_days?: number;
}

/** What `POST /api/keys/:id/rotate` takes. */
export interface Rotation {
  readonly overlap_seconds?: number;
  readonly expires_at?: string;
  readonly expires_in_days?: number;
}

export type KeysCommand = KeysOptions &
  (
    | { readonly name: 'keys help' }
    | { readonly name: 'keys create'; readonly key: NewKey }
    | { readonly name: 'keys list'; readonly owner?: string; readonly isActive: boolean }
    | { readonly name: 'keys rotate'; readonly id: string; readonly rotation: Rotation }
    | { readonly name: 'keys revoke'; readonly id: string }
  );

export const KEYS_HELP = `Usage: tidegate keys <command> [options]

  keys create          make a key; it is shown once, alone on standard output
    --owner <name>     whose it is
    --scopes <list>    what it may do, such as predict,models:read
    --models <list>    registered models it is limited to
    --cidrs <list>     networks it may be used from
    --rate-class <c>   how many requests it may send; default standard
  keys list            all keys, the newest first
    --owner <name>     of this owner
    --active           without those that are revoked or expired
  keys rotate <id>     make a key with the same rights; the old one goes on for the overlap
    --overlap-seconds  default 86400; 0 ends the old one at once
  keys revoke <id>     end a key at once

  --expires-in-days <n>, or
  --expires-at <time>  for create and rotate: when the new key ends
  --url <url>          of the api; default TIDEGATE_URL
  --local              url and key of the local stack (npm start)
  --json               the api's answer as JSON

The key that does it comes from TIDEGATE_API_KEY and needs the scope keys:admin.`;

const EXPIRY = { 'expires-in-days': { type: 'string' }, 'expires-at': { type: 'string' } } as const;
const ACCESS = {
  url: { type: 'string' },
  local: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * @param args what follows `tidegate keys`
 * @throws CommandError that names what is wrong
 */
export function parseKeysCommand([verb, ...args]: readonly string[]): KeysCommand {
  switch (verb) {
    case 'create':
      return parseCreate(args);
    case 'list':
      return parseList(args);
    case 'rotate':
      return parseRotate(args);
    case 'revoke':
      return parseRevoke(args);
    case undefined:
    case '--help':
    case '-h':
      return { name: 'keys help', isLocal: false, isJson: false };
    default:
      throw new CommandError(`"keys ${verb}" is no command: expected keys create, list, rotate or revoke.`);
  }
}

function parseCreate(args: readonly string[]): KeysCommand {
  const { values, positionals } = read(args, {
    ...ACCESS,
    ...EXPIRY,
    owner: { type: 'string' },
    scopes: { type: 'string' },
    models: { type: 'string' },
    cidrs: { type: 'string' },
    'rate-class': { type: 'string' },
  });
  const options = optionsOf(values);
  if (values.help === true) return { name: 'keys help', ...options };
  refuseWords(positionals);
  const { owner, scopes, models, cidrs, 'rate-class': rateClass } = values;
  if (owner === undefined) throw new CommandError('Whose key is it? Expected --owner ann, for example.');
  if (scopes === undefined)
    throw new CommandError('What may the key do? Expected --scopes predict,models:read, for example.');
  const key: NewKey = {
    owner,
    scopes: listOf(scopes),
    ...(models !== undefined && { models: listOf(models) }),
    ...(cidrs !== undefined && { allowed_cidrs: listOf(cidrs) }),
    ...(rateClass !== undefined && { rate_class: rateClass }),
    ...expiryOf(values),
  };
  return { name: 'keys create', ...options, key };
}

function parseList(args: readonly string[]): KeysCommand {
  const { values, positionals } = read(args, {
    ...ACCESS,
    owner: { type: 'string' },
    active: { type: 'boolean' },
  });
  const options = optionsOf(values);
  if (values.help === true) return { name: 'keys help', ...options };
  refuseWords(positionals);
  const { owner, active } = values;
  return { name: 'keys list', ...options, isActive: active === true, ...(owner !== undefined && { owner }) };
}

function parseRotate(args: readonly string[]): KeysCommand {
  const { values, positionals } = read(args, { ...ACCESS, ...EXPIRY, 'overlap-seconds': { type: 'string' } });
  const options = optionsOf(values);
  if (values.help === true) return { name: 'keys help', ...options };
  const overlap = values['overlap-seconds'];
  const rotation: Rotation = {
    ...(overlap !== undefined && { overlap_seconds: numberOf('--overlap-seconds', overlap) }),
    ...expiryOf(values),
  };
  return { name: 'keys rotate', ...options, id: idOf('rotate', positionals), rotation };
}

function parseRevoke(args: readonly string[]): KeysCommand {
  const { values, positionals } = read(args, ACCESS);
  const options = optionsOf(values);
  if (values.help === true) return { name: 'keys help', ...options };
  return { name: 'keys revoke', ...options, id: idOf('revoke', positionals) };
}

function read<T extends OptionTypes>(args: readonly string[], options: T) {
  return readArguments(args, 'tidegate keys --help', options);
}

function optionsOf(values: { url?: string; local?: boolean; json?: boolean }): KeysOptions {
  if (values.url !== undefined && values.local === true)
    throw new CommandError('--url and --local name two addresses: expected one of them.');
  const { url, local, json } = values;
  return { isLocal: local === true, isJson: json === true, ...(url !== undefined && { url }) };
}

function expiryOf(values: { 'expires-at'?: string; 'expires-in-days'?: string }): Rotation {
  const { 'expires-at': at, 'expires-in-days': days } = values;
  return {
    ...(at !== undefined && { expires_at: at }),
    ...(days !== undefined && { expires_in_days: numberOf('--expires-in-days', days) }),
  };
}

function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${option} is "${text}": expected a whole number.`);
}

function refuseWords([unexpected]: readonly string[]): void {
  if (unexpected !== undefined)
    throw new CommandError('There is one word too many: expected options only; see "tidegate keys --help".');
}

/** What is no id is not repeated: it may be a key. */
function idOf(verb: string, [id, ...others]: readonly string[]): string {
  if (id === undefined)
    throw new CommandError(
      `Which key? Expected its id: "tidegate keys ${verb} <id>"; "keys list" shows them.`,
    );
  if (!isKeyId(id))
    throw new CommandError(
      'This is not the id of a key: expected the 12 letters and digits after the environment, never the whole key.',
    );
  refuseWords(others);
  return id;
}
