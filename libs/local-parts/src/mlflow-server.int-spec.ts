import { statSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMlflow, type LocalMlflow, type MlflowOptions } from './mlflow-server';
import { startPostgres, type LocalPostgres } from './postgres';
import { ensureWorkspacePython } from './workspace-python';

const START_TIMEOUT_MS = 240_000;
const ADMIN = { adminUsername: 'admin', adminPassword: 'a-long-passw%rd' };
let folder: string;
let postgres: LocalPostgres;
let options: MlflowOptions;
let mlflow: LocalMlflow;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidegate-mlflow-'));
  await chmod(folder, 0o711);
  postgres = await startPostgres({
    dataDir: path.join(folder, 'data'),
    logFile: path.join(folder, 'postgres.log'),
    port: 0,
    superuserPassword: 'p%ss',
    durable: false,
  });
  const { venvDir } = await ensureWorkspacePython(path.resolve(__dirname, '../../..'), () => undefined);
  options = {
    ...ADMIN,
    venvDir,
    port: 0,
    backendUri: await postgres.createDatabase('mlflow'),
    authDatabaseUri: await postgres.createDatabase('mlflow_auth'),
    artifactsDir: path.join(folder, 'artifacts'),
    workDir: path.join(folder, 'work'),
    logFile: path.join(folder, 'mlflow.log'),
    flaskSecretKey: 'test-key',
    staticPrefix: '/mlflow',
  };
  mlflow = await startMlflow(options);
}, START_TIMEOUT_MS);

afterAll(async () => {
  await mlflow.stop();
  await postgres.stop({ immediate: true });
  await rm(folder, { recursive: true, force: true });
});

function searchExperiments(headers: Record<string, string>): Promise<Response> {
  return fetch(`${mlflow.url}/api/2.0/mlflow/experiments/search?max_results=1`, { headers });
}

function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

it('lets only known users in, under its prefix', async () => {
  expect((await searchExperiments({})).status).toBe(401);
  expect((await searchExperiments(basic('admin', 'wrong'))).status).toBe(401);
  const response = await searchExperiments(basic(ADMIN.adminUsername, ADMIN.adminPassword));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ experiments: [{ name: 'Default' }] });
});

it('keeps its secrets from other accounts of the machine', async () => {
  expect(statSync(path.join(folder, 'work', 'basic_auth.ini')).mode & 0o777).toBe(0o600);
  const arguments_ = await readFile(`/proc/${mlflow.pid}/cmdline`, 'utf8');
  expect(arguments_).toContain('mlflow');
  expect(arguments_).not.toMatch(/p%|passw/);
});

it(
  'leaves no process when it is stopped, and tells why a start fails',
  async () => {
    const group = mlflow.pid;
    await mlflow.stop();
    expect(() => process.kill(-group, 0)).toThrow('ESRCH');
    const broken = { ...options, flaskSecretKey: '' };
    await expect(startMlflow(broken)).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('MLFLOW_FLASK_SERVER_SECRET_KEY') as string,
    });
  },
  START_TIMEOUT_MS,
);
