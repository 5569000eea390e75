import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { startSystem, workspaceRoot, type RunningSystem } from '@tidegate/testing';

const START_TIMEOUT_MS = 240_000;
const TEST_TIMEOUT_MS = 150_000;
const DETAILED = 'api /api/health/mlflow/detailed';

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem();
}, START_TIMEOUT_MS);
afterAll(() => system.remove(), START_TIMEOUT_MS);

it(
  'finds nothing wrong with a system that is well',
  async () => {
    const { exitCode, stdout } = await healthTest();
    expect(stdout).toContain('17 passed, 0 failed');
    expect(exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

it('needs no key: without one, what is for keys must refuse', async () => {
  const { exitCode, stdout } = await healthTest({ TIDEGATE_API_KEY: '' });
  expect(stdout).toContain(`ok      ${DETAILED}`);
  expect(exitCode).toBe(0);
});

describe.each([
  ['mlflow', ['api /health', 'api /api/health/mlflow', DETAILED, 'inference /health', 'mlflow /health'], 16],
  ['redis', ['api /health', 'api /health?detailed=true'], 17],
  ['postgres', ['api /health', 'api /api/health/mlflow', DETAILED, 'logging /health'], 17],
  ['inference', ['inference /live', 'inference /health'], 13],
  ['logging', ['logging /live', 'logging /ready', 'logging /health'], 13],
] as const)('with %s stopped', (part, wrong, checks) => {
  beforeAll(() => system.parts[part].stop(), TEST_TIMEOUT_MS);
  afterAll(() => system.parts[part].start(), TEST_TIMEOUT_MS);

  it(
    'sees all that belongs to it, and nothing else; and fails at that when nobody said that it is stopped',
    async () => {
      const told = await healthTest({ DOWN: part });
      expect(told.stdout).toContain(`${checks} passed, 0 failed`);
      expect(told.exitCode).toBe(0);
      const { exitCode, stdout } = await healthTest({ WAIT_SECONDS: '1' });
      for (const name of wrong) expect(stdout).toContain(`FAILED  ${name}: `);
      expect(exitCode).toBe(1);
    },
    TEST_TIMEOUT_MS,
  );
});

it(
  'finds nothing wrong when all is back',
  async () => {
    const { exitCode, stdout } = await healthTest();
    expect(stdout).toContain('17 passed, 0 failed');
    expect(exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

function healthTest(settings: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const program = path.join(workspaceRoot, 'infra', 'compose', 'health-test', 'health-test.mjs');
  return runCommand(process.execPath, [program], {
    env: { ...hostEnvironment(), ...system.urls, TIDEGATE_API_KEY: system.adminKey, ...settings },
  });
}
