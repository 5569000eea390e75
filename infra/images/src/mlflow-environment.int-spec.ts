import { runMlflowProgram } from './mlflow-program';

// The first use makes the Python environment.
jest.setTimeout(180_000);

const complete = {
  MLFLOW_DB_HOST: 'db.example',
  MLFLOW_DB_NAME: 'mlflow_db',
  MLFLOW_AUTH_DB_NAME: 'mlflow_auth_db',
  MLFLOW_DB_USER: 'mlflow',
  MLFLOW_DB_PASSWORD: 'hush-1',
  MLFLOW_ARTIFACTS_DESTINATION: 's3://models/artifacts',
  MLFLOW_ALLOWED_HOSTS: 'mlflow.tidegate-dev.local',
  MLFLOW_ADMIN_USERNAME: 'admin',
  MLFLOW_ADMIN_PASSWORD: 'hush-2',
  MLFLOW_FLASK_SECRET_KEY: 'hush-3',
};

async function problemsOf(variables: Record<string, string>): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runMlflowProgram('serve', variables);
  expect(exitCode).toBe(1);
  expect(stdout + stderr).not.toContain('hush');
  return stderr.trim().split('\n  - ').slice(1);
}

it('names every variable that is missing at once', async () => {
  const problems = await problemsOf({});
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(Object.keys(complete).sort());
});

it('refuses a database host that already carries a port and says how to write it', async () => {
  expect(
    await problemsOf({ ...complete, MLFLOW_DB_HOST: 'db.abc.eu-west-2.rds.amazonaws.com:5432' }),
  ).toEqual([
    "MLFLOW_DB_HOST is 'db.abc.eu-west-2.rds.amazonaws.com:5432', with a port: RDS calls that the endpoint. " +
      "Set it to 'db.abc.eu-west-2.rds.amazonaws.com', the address, and MLFLOW_DB_PORT to 5432.",
  ]);
});

it('refuses a whole URL as database host without showing it', async () => {
  const [problem] = await problemsOf({
    ...complete,
    MLFLOW_DB_HOST: 'postgresql://mlflow:hush-4@db.example/db',
  });
  expect(problem).toContain('MLFLOW_DB_HOST is no host name');
});

it('lists every value that cannot be right, with its remedy', async () => {
  const problems = await problemsOf({
    ...complete,
    MLFLOW_DB_PORT: '0',
    MLFLOW_DB_CA_FILE: '/nowhere/ca.pem',
    MLFLOW_AUTH_DB_NAME: 'mlflow_db',
    MLFLOW_ARTIFACTS_DESTINATION: '/data',
    MLFLOW_ALLOWED_HOSTS: 'mlflow.example,*',
    MLFLOW_STATIC_PREFIX: 'mlflow/',
    MLFLOW_WORKERS: 'many',
  });
  expect(problems.map((problem) => problem.split('. ')[0])).toEqual([
    "MLFLOW_DB_PORT is '0'",
    "MLFLOW_DB_CA_FILE is '/nowhere/ca.pem', which is no file here",
    "MLFLOW_DB_NAME and MLFLOW_AUTH_DB_NAME are both 'mlflow_db'",
    "MLFLOW_ARTIFACTS_DESTINATION is '/data'",
    "MLFLOW_ALLOWED_HOSTS has '*'",
    "MLFLOW_STATIC_PREFIX is 'mlflow/'",
    "MLFLOW_WORKERS is 'many'",
  ]);
});
