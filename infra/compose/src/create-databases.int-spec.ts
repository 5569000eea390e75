import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import { composeFolder } from './compose-model';
import { makeSecrets } from './secrets';

const START_TIMEOUT_MS = 60_000;
/** With what a person might choose: nothing in it may end the text of a statement. */
const secrets: Readonly<Record<string, string>> = {
  ...makeSecrets(),
  LOGGING_DATABASE_PASSWORD: `it's "$HOME" \\ ; --`,
};
const PASSWORDS: Readonly<Record<string, string | undefined>> = {
  mlflow: secrets['MLFLOW_DATABASE_PASSWORD'],
  api: secrets['API_DATABASE_PASSWORD'],
  logging: secrets['LOGGING_DATABASE_PASSWORD'],
};
const OWNERS = {
  mlflow_db: 'mlflow',
  mlflow_auth_db: 'mlflow',
  api_db: 'api',
  logging_db: 'logging',
} as const;

let postgres: OwnPostgres;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  // As the image does with the files of its folder.
  const file = path.join(composeFolder, 'postgres', 'create-databases.sql');
  const made = await psql(postgres.adminUrl, ['--set', 'ON_ERROR_STOP=1', '--file', file], secrets);
  expect({ exitCode: made.exitCode, stderr: made.stderr }).toEqual({ exitCode: 0, stderr: '' });
}, START_TIMEOUT_MS);
afterAll(() => postgres.remove(), START_TIMEOUT_MS);

const roles = Object.keys(PASSWORDS);
const pairs = Object.entries(OWNERS).flatMap(([database, owner]) =>
  roles.map((role) => [database, role, role === owner] as const),
);

it.each(pairs)('the database %s opens for %s: %s', async (database, role, isOwner) => {
  const { exitCode, stderr } = await psql(urlOf(database, role), ['--command', 'CREATE TABLE t (id int)']);
  expect(exitCode).toBe(isOwner ? 0 : 2);
  if (!isOwner) expect(stderr).toContain('permission denied for database');
});

it('makes roles that can do nothing else', async () => {
  const { stdout } = await psql(postgres.adminUrl, [
    '--tuples-only',
    '--command',
    `SELECT count(*) FROM pg_roles WHERE rolname IN ('mlflow', 'api', 'logging')
     AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)`,
  ]);
  expect(stdout.trim()).toBe(String(roles.length));
});

function urlOf(database: string, role: string): string {
  const url = new URL(postgres.adminUrl);
  url.username = role;
  url.password = encodeURIComponent(PASSWORDS[role] ?? '');
  url.pathname = database;
  return url.href;
}

function psql(
  url: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return runCommand('psql', ['--no-psqlrc', '--quiet', url, ...args], {
    env: { ...hostEnvironment(), ...variables },
  });
}
