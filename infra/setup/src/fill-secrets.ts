import { randomBytes } from 'node:crypto';
import { generateApiKey } from '@tidegate/api-keys';
import { completeSecrets, SECRET_NAMES, type SecretContents } from './secret-contents';
import type { SecretStore } from './secret-store';
import type { Say } from './set-up';

const TOKEN_BYTES = 32;

/**
 * Gives every field without a value a random one; tells which, by name only.
 *
 * @throws SetUpError `SECRETS_MISSING`, `SECRETS_INVALID` (nothing was written then), or that of a refused write
 */
export async function fillSecrets(
  store: SecretStore,
  environment: string,
  say: Say,
): Promise<{ secrets: SecretContents; filled: number }> {
  const current = await store.readAll(SECRET_NAMES);
  const secrets = completeSecrets(current, {
    token: () => randomBytes(TOKEN_BYTES).toString('hex'),
    apiKey: () => generateApiKey({ environment }).text,
  });
  let filled = 0;
  for (const name of SECRET_NAMES) {
    const fields = Object.keys(secrets[name]).filter(
      (field) => secrets[name][field] !== current[name][field],
    );
    if (fields.length > 0) {
      await store.write(name, secrets[name]);
      filled += 1;
    }
    say(`secret ${store.nameOf(name)}: ${fields.length > 0 ? `filled ${fields.join(', ')}` : 'kept'}`);
  }
  return { secrets, filled };
}
