import { startOwnMlflow, type OwnMlflow, type TestMlflow } from './own-mlflow';
import { startOwnPostgres, type OwnPostgres } from './own-postgres';
import { sharedTestStack } from './test-stack.config';

const START_TIMEOUT_MS = 240_000;

/**
 * To be called in a `describe` or at the top of a test file: a real MLflow with basic authentication before its
 * tests, the shared one of `npm test` or an own one that is removed afterwards. Name experiments and models so that
 * other files' do not get in the way. The properties work inside hooks and tests.
 */
export function useTestMlflow(): TestMlflow {
  const shared = sharedTestStack();
  let postgres: OwnPostgres | undefined;
  let own: OwnMlflow | undefined;
  const mlflow = (): TestMlflow => {
    const running = shared?.mlflow ?? own;
    if (running === undefined)
      throw new Error('useTestMlflow(): the server runs inside hooks and tests only; use it there.');
    return running;
  };
  beforeAll(async () => {
    if (shared !== undefined) return;
    postgres = await startOwnPostgres();
    own = await startOwnMlflow(postgres);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await own?.remove();
    await postgres?.remove();
  }, START_TIMEOUT_MS);
  return {
    get url() {
      return mlflow().url;
    },
    get username() {
      return mlflow().username;
    },
    get password() {
      return mlflow().password;
    },
  };
}
