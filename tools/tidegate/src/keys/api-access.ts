import { parseApiKey } from '@tidegate/api-keys';
import { CommandError } from '../command-error';
import { httpBase } from '../http-base';
import { readStack } from '../local-stack/read-stack';
import type { EnvironmentAccess } from './api-access.config';
import type { KeysOptions } from './keys-command-line';

/** Where the api is, and the key to use it with. */
export interface ApiAccess {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
}

/** @throws CommandError when something is missing or cannot be what it should */
export async function apiAccess(
  { url, isLocal }: Pick<KeysOptions, 'url' | 'isLocal'>,
  workspaceRoot: string,
  environment: EnvironmentAccess,
  neededScope = 'keys:admin',
): Promise<ApiAccess> {
  if (isLocal) return localAccess(workspaceRoot);
  const address = url ?? environment.url;
  if (address === undefined)
    throw new CommandError('Which api? Expected --url https://…, TIDEGATE_URL, or --local.');
  const { key } = environment;
  if (key === undefined)
    throw new CommandError(
      `No key was given: expected one with the scope ${neededScope} in TIDEGATE_API_KEY. The first one is made with API_BOOTSTRAP_KEY.`,
    );
  if (!parseApiKey(key))
    throw new CommandError(
      'TIDEGATE_API_KEY does not hold a whole key: expected tg_<environment>_<id>_<secret>_<checksum>. Copy it again.',
    );
  return { url: apiBaseUrl(address), key };
}

/** Whether somebody on the way could read the key. */
export function isReadableOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** @throws CommandError when it cannot be the address of an api */
export function apiBaseUrl(text: string): string {
  const base = httpBase(text);
  if (base === undefined)
    throw new CommandError(
      'The address of the api is not right: expected http(s)://host[:port] without credentials or query.',
    );
  return base;
}

async function localAccess(workspaceRoot: string): Promise<ApiAccess> {
  const { services, adminKey, apiKey } = await readStack(workspaceRoot);
  return { url: apiBaseUrl(services.api.url), key: adminKey ?? apiKey };
}
