import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createRolesAndDatabases } from './databases';
import { fillSecrets } from './fill-secrets';
import { connectAsMaster, takeTurn } from './master-connection';
import { runMigrations } from './run-migrations';
import { SecretStore } from './secret-store';
import type { SetUpConfig } from './setup.config';

/** Takes one line about what was done; it never holds a secret. */
export type Say = (line: string) => void;

const SECRETS_CONNECT_TIMEOUT_MS = 5_000;
const SECRETS_REQUEST_TIMEOUT_MS = 10_000;

/**
 * Brings an installation from "deployed, all secrets empty" to "its services can start", or finishes what an earlier run
 * began. Every step may be repeated at any time; two runs at once take turns.
 *
 * @throws SetUpError
 */
export async function setUp(config: SetUpConfig, say: Say): Promise<void> {
  const prefix = `${config.project}-${config.environment}`;
  const client = new SecretsManagerClient({
    region: config.region,
    requestHandler: {
      connectionTimeout: SECRETS_CONNECT_TIMEOUT_MS,
      requestTimeout: SECRETS_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  const store = new SecretStore(client, prefix);
  try {
    const login = await store.readLogin(config.masterSecretArn);
    const master = await connectAsMaster(config, login, say);
    try {
      await takeTurn(master, say);
      const { secrets, filled } = await fillSecrets(store, config.environment, say);
      await createRolesAndDatabases(master, secrets, say);
      const migrations = await runMigrations(config, secrets, say);
      say(
        `The set-up of ${prefix} is complete: ${filled} secrets were filled, ${migrations} migrations ran, nothing was overwritten.`,
      );
    } finally {
      await master.end();
    }
  } finally {
    client.destroy();
  }
}
