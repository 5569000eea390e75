import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { useAwsSimulator } from '@tidegate/testing';
import { loadEnvironment } from '../environments';
import { SECRET_FIELDS } from '../services/service-definition';
import { deletedSecretProblems, unfilledSecretProblems } from './examine-secrets';

const aws = useAwsSimulator();
const VALUE = 'hunter2-of-the-installation';
let secrets: SecretsManagerClient;

beforeAll(() => {
  secrets = new SecretsManagerClient(aws.sdk);
});

/** An installation of its own for each test. */
async function installation(project: string, changes: object = {}) {
  const environment = loadEnvironment('dev', { project, ...changes });
  for (const name of Object.keys(SECRET_FIELDS))
    await secrets.send(new CreateSecretCommand({ Name: `${project}-dev/${name}` }));
  const write = (name: string, SecretString: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: `${project}-dev/${name}`, SecretString }));
  const put = (name: string, content: unknown) => write(name, JSON.stringify(content));
  const fill = async (): Promise<void> => {
    for (const [name, fields] of Object.entries(SECRET_FIELDS))
      await put(name, Object.fromEntries(fields.map((field) => [field, VALUE])));
  };
  return { environment, fill, put, write };
}

it('says to deploy the foundation and to run the set-up where there is none yet', async () => {
  const environment = loadEnvironment('dev', { project: 'none' });
  const [problem, ...others] = await unfilledSecretProblems(secrets, environment);
  expect(others).toEqual([]);
  expect(problem?.what).toBe('None of the secrets none-dev/… is there: dev was not deployed yet.');
  expect(problem?.remedy).toMatch(/Deploy dev-foundation.*run "tidegate setup dev"/);
  expect(await deletedSecretProblems(secrets, environment)).toEqual([]);
});

it('says to run the set-up where they are empty, and nothing once it has run', async () => {
  const { environment, fill, put } = await installation('filled');
  const empty = await unfilledSecretProblems(secrets, environment);
  expect(empty).toHaveLength(Object.keys(SECRET_FIELDS).length);
  expect(empty[0]).toEqual({
    what: 'The secret filled-dev/database/mlflow has no value: no task starts.',
    expected: 'a JSON object with a text for each of username, password.',
    remedy: 'Run "tidegate setup dev".',
  });
  await fill();
  expect(await unfilledSecretProblems(secrets, environment)).toEqual([]);
  // As the set-up leaves it while no pepper is being replaced.
  await put('api', { pepper: VALUE, previous_pepper: '', service_keys: '[]', bootstrap_key: VALUE });
  expect(await unfilledSecretProblems(secrets, environment)).toEqual([]);
});

it('finds fields that are missing, empty or no text, and values that are no object; it shows none', async () => {
  const { environment, fill, put, write } = await installation('fields');
  await fill();
  await put('internal', { token: '' });
  await put('database/api', { username: VALUE });
  await put('mlflow', { admin_username: VALUE, admin_password: 7, flask_secret_key: null });
  await put('api', { pepper: VALUE, service_keys: '[]', bootstrap_key: VALUE });
  await write('inference', VALUE);
  await put('database/logging', [VALUE]);
  const problems = await unfilledSecretProblems(secrets, environment);
  expect(problems.map(({ what }) => what)).toEqual([
    'The secret fields-dev/database/api has no password.',
    'The value of the secret fields-dev/database/logging is no JSON object: no task starts.',
    'The secret fields-dev/mlflow has no admin_password, no flask_secret_key.',
    'The secret fields-dev/api has no previous_pepper.',
    'The value of the secret fields-dev/inference is no JSON object: no task starts.',
    'The secret fields-dev/internal has no token.',
  ]);
  expect(JSON.stringify(problems)).not.toContain(VALUE);
});

it('finds the one that is missing, and the one whose name is taken until it is deleted', async () => {
  const { environment, fill } = await installation('gone');
  await fill();
  expect(await deletedSecretProblems(secrets, environment)).toEqual([]);
  await secrets.send(new DeleteSecretCommand({ SecretId: 'gone-dev/internal', RecoveryWindowInDays: 7 }));
  await secrets.send(
    new DeleteSecretCommand({ SecretId: 'gone-dev/inference', ForceDeleteWithoutRecovery: true }),
  );
  const [deleted, ...others] = await deletedSecretProblems(secrets, environment);
  expect(others).toEqual([]);
  expect(deleted?.what).toContain('The secret gone-dev/internal is marked for deletion');
  expect(deleted?.remedy).toContain('restore-secret --region eu-west-2 --secret-id gone-dev/internal');
  const unfilled = await unfilledSecretProblems(secrets, environment);
  expect(unfilled.map(({ what }) => what)).toEqual(['There is no secret gone-dev/inference.']);
});

it('looks at the secret of the OIDC client where people sign in with one', async () => {
  const url = 'https://sign-in.acme.test';
  const mlflowUi = {
    ...{ kind: 'oidc', clientId: 'tidegate', issuer: url, authorizationEndpoint: `${url}/a` },
    ...{ tokenEndpoint: `${url}/t`, userInfoEndpoint: `${url}/u` },
  };
  const { environment, fill, put } = await installation('signin', { edge: { mlflowUi } });
  await fill();
  await secrets.send(new CreateSecretCommand({ Name: 'signin-dev/oidc' }));
  const [problem, ...others] = await unfilledSecretProblems(secrets, environment);
  expect(others).toEqual([]);
  expect(problem?.what).toContain('signin-dev/oidc has no value');
  expect(problem?.remedy).toContain('docs/deploy.md');
  await put('oidc', { client_secret: VALUE });
  expect(await unfilledSecretProblems(secrets, environment)).toEqual([]);
});
