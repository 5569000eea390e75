import { randomBytes } from 'node:crypto';
import { createDatabase, dropDatabase } from '@tidegate/local-parts';
import { startOwnPostgres, type OwnPostgres } from './own-postgres';
import { sharedTestStack } from './test-stack.config';

const START_TIMEOUT_MS = 120_000;

export interface TestPostgres {
  /** Superuser URL of the server; it may be shared with other projects. */
  readonly adminUrl: string;
  /** An empty database of this test alone; dropped after the file's tests. Returns its URL. */
  createDatabase(): Promise<string>;
}

/**
 * To be called in a `describe` or at the top of a test file: a real PostgreSQL before its tests, the shared one of
 * `npm test` or an own one that is removed afterwards. The properties work inside hooks and tests.
 */
export function useTestPostgres(): TestPostgres {
  const shared = sharedTestStack();
  const databases: string[] = [];
  let own: OwnPostgres | undefined;
  const adminUrl = (): string => {
    const url = shared?.postgres.adminUrl ?? own?.adminUrl;
    if (url === undefined)
      throw new Error('useTestPostgres(): the server runs inside hooks and tests only; use it there.');
    return url;
  };
  beforeAll(async () => {
    if (shared === undefined) own = await startOwnPostgres();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    if (own === undefined) for (const name of databases) await dropDatabase(adminUrl(), name);
    await own?.remove();
  }, START_TIMEOUT_MS);
  return {
    get adminUrl() {
      return adminUrl();
    },
    createDatabase: () => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      databases.push(name);
      return createDatabase(adminUrl(), name);
    },
  };
}
