import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { runPython, useAwsSimulator, useTestPostgres } from '@tidegate/testing';
import { createMlflowDatabases, query, type MlflowDatabases } from './mlflow-databases';
import { runMlflowProgram } from './mlflow-program';

// A migration from MLflow 2 has forty steps, and importing MLflow takes seconds each time.
jest.setTimeout(600_000);

const REVISION = '[0-9a-f]{12}';

const postgres = useTestPostgres();
const aws = useAwsSimulator();
let databases: MlflowDatabases;

beforeEach(async () => {
  databases = await createMlflowDatabases(postgres.adminUrl);
});

/** What it printed, one line a database, after the names of the databases; also asserts that it kept the secret. */
async function upgrade(
  variables: Readonly<Record<string, string>> = databases.environment,
): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runMlflowProgram('upgrade', variables);
  expectNoPassword(stdout + stderr);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^mlflow_(auth_)?db_\w+/, 'mlflow_$1db'));
}

async function failureOf(
  command: 'serve' | 'upgrade',
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runMlflowProgram(command, variables);
  expectNoPassword(stdout + stderr);
  expect(exitCode).toBe(1);
  return stderr;
}

function expectNoPassword(output: string): void {
  expect(output).not.toContain(databases.password);
  expect(output).not.toContain(encodeURIComponent(databases.password));
}

function serverVariables(): Record<string, string> {
  return {
    ...databases.environment,
    MLFLOW_ARTIFACTS_DESTINATION: 's3://models',
    MLFLOW_ALLOWED_HOSTS: 'mlflow.example',
    MLFLOW_ADMIN_USERNAME: 'admin',
    MLFLOW_ADMIN_PASSWORD: 'a-long-admin-password',
    MLFLOW_FLASK_SECRET_KEY: 'a-long-flask-key',
  };
}

it('makes both schemas in empty databases and finds nothing to do the second time', async () => {
  expect(await upgrade()).toEqual([
    expect.stringMatching(`^mlflow_db: no schema revision → ${REVISION}$`),
    expect.stringMatching(`^mlflow_auth_db: no schema revision → ${REVISION}$`),
  ]);
  expect(await upgrade()).toEqual([
    expect.stringMatching(`^mlflow_db: schema revision ${REVISION}, up to date$`),
    expect.stringMatching(`^mlflow_auth_db: schema revision ${REVISION}, up to date$`),
  ]);
});

it('lets two upgrades at once make the schemas once', async () => {
  const lines = (await Promise.all([upgrade(), upgrade()])).flat();
  expect(lines.filter((line) => line.includes('→'))).toHaveLength(2);
  expect(lines.filter((line) => line.includes('up to date'))).toHaveLength(2);
});

it('upgrades the databases of MLflow 2 and keeps what is in them; the server does not do that by itself', async () => {
  const { trackingUrl, authUrl } = databases;
  const uris = [trackingUrl, authUrl].map((url) => url.replace('postgresql:', 'postgresql+psycopg2:'));
  await runPython(path.join(__dirname, 'older_schema.py'), uris);

  const refusal = await failureOf('serve', serverVariables());
  expect(refusal).toMatch(/has schema revision 0584bdc529eb, MLflow 3\S+ needs \w+\. .*command `upgrade`/s);
  expect(await query(trackingUrl, 'SELECT version_num FROM alembic_version')).toEqual([
    { version_num: '0584bdc529eb' },
  ]);

  expect(await upgrade()).toEqual([
    expect.stringMatching(`^mlflow_db: schema revision 0584bdc529eb → ${REVISION}$`),
    expect.stringMatching(`^mlflow_auth_db: no schema revision → ${REVISION}$`),
  ]);
  expect(await query(trackingUrl, 'SELECT name FROM experiments')).toEqual([{ name: 'old' }]);
  expect(await query(authUrl, 'SELECT username FROM users')).toEqual([{ username: 'ada' }]);
});

it('does not start a server on a database that a newer MLflow has upgraded', async () => {
  await upgrade();
  await query(databases.authUrl, "UPDATE alembic_version_auth SET version_num = 'ffffffffffff'");
  expect(await failureOf('serve', serverVariables())).toMatch(
    /Database mlflow_auth_db_\w+ has schema revision ffffffffffff, which MLflow 3\S+ does not know: .* restore/,
  );
});

it('says why the database refuses the login, and no secret', async () => {
  const wrong = { ...databases.environment, MLFLOW_DB_PASSWORD: `${databases.password}x` };
  expect(await failureOf('upgrade', wrong)).toMatch(/cannot be used: .*password authentication failed/s);
});

describe('with the login in Secrets Manager', () => {
  async function variablesWithSecret(content: string | undefined): Promise<Record<string, string>> {
    const secrets = new SecretsManagerClient(aws.sdk);
    const secret = await secrets.send(
      new CreateSecretCommand({ Name: `database/mlflow-${randomUUID()}`, SecretString: content }),
    );
    const without = { MLFLOW_DB_USER: '', MLFLOW_DB_PASSWORD: '' };
    return {
      ...databases.environment,
      ...without,
      ...aws.environment,
      MLFLOW_DB_SECRET_ARN: secret.ARN ?? '',
    };
  }

  it('reads it there', async () => {
    const { MLFLOW_DB_USER: username } = databases.environment;
    const variables = await variablesWithSecret(JSON.stringify({ username, password: databases.password }));
    expect(await upgrade(variables)).toHaveLength(2);
  });

  it('says that the secret is still empty', async () => {
    expect(await failureOf('upgrade', await variablesWithSecret(undefined))).toMatch(
      /cannot be read \(ResourceNotFoundException\).* the set-up program fills it/,
    );
  });

  it('does not show a secret that is no JSON', async () => {
    expect(await failureOf('upgrade', await variablesWithSecret(databases.password))).toContain(
      'should be JSON',
    );
  });
});
