import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { useAwsSimulator, useTestPostgres } from '@tidegate/testing';
import { createMlflowDatabases, query, type MlflowDatabases } from './mlflow-databases';
import { runMlflowProgram } from './mlflow-program';
import { startMlflowServer, type MlflowLogin, type MlflowServer } from './mlflow-server';
import { hashOf } from './password-hash';

// Importing MLflow takes seconds each time.
jest.setTimeout(600_000);

/** As long as the server remembers a login (`auth_cache_ttl_seconds`), and what a check takes. */
const FORGOTTEN_AFTER_MS = 75_000;
const POLL_MS = 1_000;

type Line = Record<string, unknown>;

const postgres = useTestPostgres();
const aws = useAwsSimulator();
let databases: MlflowDatabases;
let server: MlflowServer;

beforeAll(async () => {
  databases = await createMlflowDatabases(postgres.adminUrl);
  expect(await runMlflowProgram('upgrade', databases.environment)).toMatchObject({ exitCode: 0 });
  server = await startMlflowServer(databases.environment);
}, 240_000);
afterAll(() => server?.stop());

async function users(
  request: Line,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | undefined; lines: Line[] }> {
  const { exitCode, stdout, stderr } = await runMlflowProgram('users', {
    ...databases.environment,
    MLFLOW_USERS_REQUEST: JSON.stringify(request),
    ...variables,
  });
  expect(stdout + stderr).not.toContain('scrypt:');
  expect(stdout + stderr).not.toContain(databases.password);
  const lines = stdout.trim() === '' ? [] : stdout.trim().split('\n');
  return { exitCode, lines: lines.map((line) => JSON.parse(line) as Line) };
}

async function done(request: Line): Promise<Line[]> {
  const { exitCode, lines } = await users(request);
  expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
  return lines;
}

const failed = (reason: string, message: unknown) => ({
  exitCode: 1,
  lines: [{ record: 'outcome', code: 'failed', reason, message }],
});

function create(name: string, password: string, isAdmin = false): Promise<Line[]> {
  return done({ action: 'create', name, password_hash: hashOf(password), is_admin: isAdmin });
}

const grantOf = (name: string, resource: string, permission: string, type = 'experiment'): Line => ({
  action: 'grant',
  ...{ name, type, resource, permission },
});

function call(route: string, { username, password }: MlflowLogin, body?: Line): Promise<Response> {
  return fetch(`${server.url}/api/2.0/mlflow/${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function createExperiment(name: string): Promise<string> {
  const answer = await call('experiments/create', server.administrator, { name });
  return ((await answer.json()) as { experiment_id: string }).experiment_id;
}

const search = async (login: MlflowLogin): Promise<string[]> => {
  const answer = await call('experiments/search', login, { max_results: 100 });
  const { experiments = [] } = (await answer.json()) as { experiments?: { name: string }[] };
  return experiments.map(({ name }) => name);
};
const tagStatus = async (login: MlflowLogin, experiment_id: string): Promise<number> =>
  (await call('experiments/set-experiment-tag', login, { experiment_id, key: 'k', value: 'v' })).status;

it('makes a user that sees nothing, then what is granted, and after its end cannot log in', async () => {
  const id = await createExperiment('fraud');
  const ann = { username: 'ann', password: 'a password of ann' };
  expect((await call('experiments/search', ann, { max_results: 1 })).status).toBe(401);

  expect(await create('ann', ann.password)).toEqual([
    { record: 'outcome', code: 'created', user: 'ann', is_admin: false },
  ]);
  expect((await call('experiments/search', { ...ann, password: 'another one' }, {})).status).toBe(401);
  expect(await search(ann)).toEqual([]);
  expect((await call(`experiments/get?experiment_id=${id}`, ann)).status).toBe(403);

  expect(await done(grantOf('ann', 'fraud', 'READ'))).toEqual([
    {
      ...{ record: 'outcome', code: 'granted', user: 'ann', is_admin: false },
      ...{ type: 'experiment', resource: id, name: 'fraud', permission: 'READ' },
    },
  ]);
  expect(await search(ann)).toEqual(['fraud']);
  expect(await tagStatus(ann, id)).toBe(403);

  await done(grantOf('ann', id, 'EDIT'));
  await done(grantOf('ann', id, 'EDIT'));
  expect(await tagStatus(ann, id)).toBe(200);

  await done(grantOf('ann', id, 'NO_PERMISSIONS'));
  await done(grantOf('ann', id, 'NO_PERMISSIONS'));
  expect(await search(ann)).toEqual([]);

  await done(grantOf('ann', id, 'READ'));
  expect(await done({ action: 'delete', name: 'ann' })).toEqual([
    { record: 'outcome', code: 'deleted', user: 'ann' },
  ]);
  const deadlineMs = performance.now() + FORGOTTEN_AFTER_MS;
  let status: number;
  do {
    await wait(POLL_MS);
    const answer = await call(`experiments/get?experiment_id=${id}`, ann);
    ({ status } = answer);
    // While the server remembers the login, it finds no permissions any more.
    expect(answer.ok).toBe(false);
  } while (status !== 401 && performance.now() < deadlineMs);
  expect(status).toBe(401);
});

it('makes administrators, who see everything', async () => {
  await createExperiment('for administrators');
  await create('root-2', 'a password of root', true);
  expect(await search({ username: 'root-2', password: 'a password of root' })).toContain(
    'for administrators',
  );
});

it('grants registered models, also with other letters in their names', async () => {
  const name = 'modèle "1" é';
  expect((await call('registered-models/create', server.administrator, { name })).status).toBe(200);
  const bob = { username: 'bob@example.com', password: 'a password of bob' };
  await create(bob.username, bob.password);
  const get = async (): Promise<number> =>
    (await call(`registered-models/get?name=${encodeURIComponent(name)}`, bob)).status;
  expect(await get()).toBe(403);
  await done(grantOf(bob.username, name, 'READ', 'registered_model'));
  expect(await get()).toBe(200);

  const lines = await done({ action: 'list' });
  expect(lines).toContainEqual({ record: 'user', user: 'admin', is_admin: true });
  expect(lines).toContainEqual({ record: 'user', user: bob.username, is_admin: false });
  expect(lines).toContainEqual({
    ...{ record: 'permission', user: bob.username, type: 'registered_model' },
    ...{ resource: name, name: null, permission: 'READ', role: null },
  });
  expect(lines.at(-1)).toEqual({ record: 'outcome', code: 'listed' });
});

it('says why something cannot be done', async () => {
  await create('eve', 'a password of eve');
  expect(
    await users({ action: 'create', name: 'eve', password_hash: hashOf('another one'), is_admin: true }),
  ).toEqual(
    failed('USER_EXISTS', expect.stringMatching(/^There is a user 'eve' already\. Expected another/)),
  );
  expect(await call('experiments/search', { username: 'eve', password: 'another one' }, {})).toMatchObject({
    status: 401,
  });
  const noUser = failed(
    'NO_SUCH_USER',
    expect.stringContaining("There is no user 'nobody'. Expected one of"),
  );
  expect(await users({ action: 'delete', name: 'nobody' })).toEqual(noUser);
  expect(await users(grantOf('nobody', '0', 'READ'))).toEqual(noUser);
  expect(await users(grantOf('eve', 'nowhere', 'READ'))).toEqual(
    failed('NO_SUCH_EXPERIMENT', expect.stringContaining("There is no experiment 'nowhere'")),
  );
  expect(await users(grantOf('eve', 'nowhere', 'READ', 'registered_model'))).toEqual(
    failed('NO_SUCH_MODEL', expect.stringContaining("There is no registered model 'nowhere'")),
  );
});

it('does not guess between a name and an id, or take a prompt or a deleted experiment', async () => {
  await create('sam', 'a password of sam');
  const id = await createExperiment('by id');
  const other = await createExperiment(id);
  expect(await users(grantOf('sam', id, 'READ'))).toEqual(
    failed(
      'AMBIGUOUS_EXPERIMENT',
      `${id} is the name of experiment ${other} and the id of experiment 'by id'. Expected what only one of them has: ` +
        `${other} or 'by id'.`,
    ),
  );
  await call('experiments/delete', server.administrator, { experiment_id: other });
  await done(grantOf('sam', id, 'READ'));
  expect(await users(grantOf('sam', other, 'READ'))).toMatchObject({
    lines: [{ reason: 'NO_SUCH_EXPERIMENT' }],
  });
  const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
  await call('registered-models/create', server.administrator, { name: 'a-prompt', tags });
  expect(await users(grantOf('sam', 'a-prompt', 'READ', 'registered_model'))).toMatchObject({
    lines: [{ reason: 'NO_SUCH_MODEL' }],
  });
});

it('does not delete the administrator that Tidegate logs in as, here or named by a secret', async () => {
  const inUse = failed('ADMINISTRATOR_IN_USE', expect.stringContaining("'admin' is the administrator"));
  const request = { action: 'delete', name: 'admin' };
  expect(await users(request, { MLFLOW_ADMIN_USERNAME: 'admin' })).toEqual(inUse);
  const { Name = '' } = await new SecretsManagerClient(aws.sdk).send(
    new CreateSecretCommand({
      Name: `${randomUUID()}/mlflow`,
      SecretString: JSON.stringify({ admin_username: 'admin', admin_password: 'hush' }),
    }),
  );
  const secret = { ...aws.environment, AWS_DEFAULT_REGION: aws.region, MLFLOW_ADMIN_SECRET_ARN: Name };
  expect(await users(request, secret)).toEqual(inUse);
});

it.each([
  ['no JSON', '{'],
  ['an action that it does not know', '{"action":"rename"}'],
  [
    'a password in place of its hash',
    '{"action":"create","name":"x","password_hash":"hush","is_admin":false}',
  ],
  ['no name', '{"action":"delete","name":""}'],
  ['another permission', JSON.stringify(grantOf('x', '0', 'ALL'))],
])('refuses %s without repeating it', async (_, request) => {
  const { exitCode, stderr } = await runMlflowProgram('users', {
    ...databases.environment,
    MLFLOW_DB_HOST: '',
    MLFLOW_USERS_REQUEST: request,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('MLFLOW_USERS_REQUEST is none that this image knows');
  expect(stderr).toContain('MLFLOW_DB_HOST is not set');
  expect(stderr).not.toContain('hush');
});

it('changes no database of another MLflow', async () => {
  const older = await createMlflowDatabases(postgres.adminUrl);
  expect(await runMlflowProgram('upgrade', older.environment)).toMatchObject({ exitCode: 0 });
  // The tables of users alone are missing.
  await query(older.authUrl, 'DROP OWNED BY CURRENT_USER');
  const { exitCode, stderr } = await runMlflowProgram('users', {
    ...older.environment,
    MLFLOW_USERS_REQUEST: '{"action":"list"}',
  });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining('has no schema revision') as string,
  });
  expect(await query(older.authUrl, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
});
