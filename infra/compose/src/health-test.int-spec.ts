import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { composeFolder } from './compose-model';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const KEY = 'tg_test_key';
const WELL = { status: 'healthy', response_time_ms: 1.5, checked_at: '2026-01-01T00:00:00.000Z' };
const SERVICES = { mlflow: 'healthy', postgres: 'healthy', redis: 'healthy' };
const FAMILY = { status: 'healthy', response_code: 200, response_time_ms: 2 };

/** What a system says that is well, but for the model that nobody registered yet. */
const GOOD: Readonly<Record<string, Answer>> = {
  'api /live': { status: 200, body: { status: 'alive' } },
  'api /ready': { status: 200, body: { status: 'ready' } },
  'api /health': { status: 200, body: { status: 'healthy', services: SERVICES } },
  'api /health?detailed=true': {
    status: 200,
    body: { status: 'healthy', services: SERVICES, details: { mlflow: WELL, postgres: WELL, redis: WELL } },
  },
  'api /api/health/mlflow': { status: 200, body: { status: 'healthy' } },
  'api /api/health/mlflow/connectivity': {
    status: 200,
    body: { status: 'connected', response_code: 200, response_time_ms: 3.2 },
  },
  'api /api/health/mlflow/detailed': {
    status: 200,
    body: {
      status: 'healthy',
      endpoints: {
        models: FAMILY,
        experiments: FAMILY,
        runs: FAMILY,
        artifacts: FAMILY,
        metrics: { status: 'not_tested', message: 'No run with a metric exists yet' },
      },
      dns: { cache_state: 'fresh' },
    },
  },
  'api /metrics': { status: 200, body: 'process_cpu_seconds_total 1' },
  'inference /live': { status: 200, body: { status: 'alive' } },
  'inference /ready': { status: 503, body: { status: 'not_ready', reason: 'model_not_loaded' } },
  'inference /health': {
    status: 200,
    body: { status: 'healthy', service: 'inference-service', mlflow_accessible: true },
  },
  'inference /metrics': { status: 200, body: 'inference_mlflow_accessible 1' },
  'logging /live': { status: 200, body: { status: 'alive' } },
  'logging /ready': { status: 200, body: { status: 'ready' } },
  'logging /health': {
    status: 200,
    body: { status: 'healthy', service: 'cloud-logging-api', db_initialized: true },
  },
  'logging /metrics': { status: 200, body: 'logging_db_initialized 1' },
  'mlflow /health': { status: 200, body: 'OK' },
};
const REFUSED: Answer = { status: 401, body: { code: 'UNAUTHENTICATED' } };

let answers: Record<string, Answer> = {};
let system: Server;
let address: string;

beforeAll(async () => {
  system = createServer(({ url = '', headers }, response) => {
    const [, service = '', ...rest] = url.split('/');
    const name = `${service} /${rest.join('/')}`;
    const isRefused = name.endsWith('/detailed') && headers.authorization !== `Bearer ${KEY}`;
    const { status, body } = isRefused ? REFUSED : (answers[name] ?? { status: 404, body: '' });
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answers = { ...GOOD };
});
afterAll(() => new Promise((resolve) => system.close(resolve)));

function healthTest(settings: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  return runCommand(process.execPath, [path.join(composeFolder, 'health-test', 'health-test.mjs')], {
    env: {
      ...hostEnvironment(),
      API_URL: `${address}/api`,
      INFERENCE_URL: `${address}/inference`,
      LOGGING_URL: `${address}/logging`,
      MLFLOW_URL: `${address}/mlflow`,
      TIDEGATE_API_KEY: KEY,
      WAIT_SECONDS: '0',
      ...settings,
    },
  });
}

it('asks every health endpoint, and says nothing else while all are right', async () => {
  expect(await healthTest()).toMatchObject({ exitCode: 0, stderr: '' });
  const { stdout } = await healthTest();
  expect(stdout.split('\n').sort()).toEqual(
    ['', '17 passed, 0 failed', ...Object.keys(GOOD).map((name) => `ok      ${name}`)].sort(),
  );
});

it('expects the endpoint that needs a key to refuse when there is none', async () => {
  expect(await healthTest({ TIDEGATE_API_KEY: '' })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('17 passed') as string,
  });
});

it.each([
  [
    'a 503 of /ready without its reason',
    'inference /ready',
    { status: 503, body: { status: 'not_ready' } },
    'reason is undefined, expected "model_not_loaded"',
  ],
  [
    'a 200 of /ready that does not say ready',
    'inference /ready',
    { status: 200, body: {} },
    'status is undefined, expected "ready"',
  ],
  [
    'a connection without its time',
    'api /api/health/mlflow/connectivity',
    { status: 200, body: { status: 'connected', response_code: 200 } },
    'response_time_ms is undefined, expected a number',
  ],
  [
    'a family of MLflow that fails',
    'api /api/health/mlflow/detailed',
    {
      status: 200,
      body: {
        ...(GOOD['api /api/health/mlflow/detailed']?.body as object),
        endpoints: { runs: { status: 'unhealthy' } },
      },
    },
    'endpoints.runs.status is "unhealthy", expected "healthy" or "not_tested"',
  ],
  [
    'details without a dependency',
    'api /health?detailed=true',
    {
      status: 200,
      body: { status: 'healthy', services: SERVICES, details: { mlflow: WELL, postgres: WELL } },
    },
    'details.redis.status is undefined, expected "healthy"',
  ],
] as const)('does not take %s', async (_, name, answer, wrong) => {
  answers[name] = answer;
  const { exitCode, stdout } = await healthTest();
  expect(stdout).toContain(`FAILED  ${name}: `);
  expect(stdout).toContain(wrong);
  expect(stdout).toContain('16 passed, 1 failed');
  expect(exitCode).toBe(1);
});

it('does not take "disconnected" without the step that fails', async () => {
  const name = 'api /api/health/mlflow/connectivity';
  answers[name] = { status: 503, body: { status: 'disconnected', response_time_ms: 1 } };
  const { stdout } = await healthTest({ DOWN: 'mlflow' });
  expect(stdout).toMatch(
    /FAILED {2}api \/api\/health\/mlflow\/connectivity: failed_step is undefined, expected "dns" or "tcp"/,
  );
  answers[name] = { status: 503, body: { status: 'disconnected', failed_step: 'tcp', response_time_ms: 1 } };
  expect((await healthTest({ DOWN: 'mlflow' })).stdout).toContain(`ok      ${name}`);
});

it('says every few seconds what it waits for, apart from the result', async () => {
  answers['api /ready'] = { status: 503, body: { status: 'not_ready', reason: 'key_store_not_initialized' } };
  const { stdout, stderr } = await healthTest({ WAIT_SECONDS: '4', FORMAT: 'json' });
  expect(stderr).toMatch(/^Waiting for api \/ready: answered 503, .*; at most 1 s more\.\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ down: [] });
});

it.each([
  [
    { DOWN: 'ml-flow,redis' },
    'DOWN names ml-flow: expected some of api, inference, logging, mlflow, postgres, redis, separated by commas.\n',
  ],
  [
    { INFERENCE_URL: '', LOGGING_URL: '' },
    'INFERENCE_URL, LOGGING_URL: expected an address such as http://inference:8000. Set it, or name in DOWN what was stopped.\n',
  ],
  [{ WAIT_SECONDS: 'long' }, 'WAIT_SECONDS is "long": expected seconds, such as 60.\n'],
])('refuses %p, and says what is expected', async (settings, message) => {
  expect(await healthTest(settings)).toEqual({ exitCode: 2, stdout: '', stderr: message });
});

it('needs no address of what was stopped', async () => {
  expect(await healthTest({ DOWN: 'logging', LOGGING_URL: '' })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('13 passed, 0 failed') as string,
  });
});
