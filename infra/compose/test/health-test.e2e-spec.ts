import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { startSystem, workspaceRoot, type RunningSystem } from '@tidegate/testing';

const START_TIMEOUT_MS = 240_000;
const TEST_TIMEOUT_MS = 150_000;

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem();
}, START_TIMEOUT_MS);
afterAll(() => system.remove(), START_TIMEOUT_MS);

it(
  'finds nothing wrong with a system that is well',
  async () => {
    const { exitCode, stdout } = await healthTest();
    expect(stdout).toContain('15 passed, 0 failed');
    expect(exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

describe.each([
  ['mlflow', ['api /health', 'api /api/health/mlflow', 'inference /health', 'mlflow /health'], 14],
  ['redis', ['api /health'], 15],
  ['postgres', ['api /health', 'api /api/health/mlflow', 'logging /health'], 15],
  ['inference', ['inference /live', 'inference /health'], 11],
  ['logging', ['logging /live', 'logging /ready', 'logging /health'], 11],
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
    expect(stdout).toContain('15 passed, 0 failed');
    expect(exitCode).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

it('refuses a part that is none, and addresses that are missing', async () => {
  const misspelt = await healthTest({ DOWN: 'ml-flow' });
  expect([misspelt.exitCode, misspelt.stderr]).toEqual([
    2,
    expect.stringContaining('ml-flow: expected some of'),
  ]);
  const missing = await healthTest({ API_URL: '' });
  expect([missing.exitCode, missing.stderr]).toEqual([
    2,
    expect.stringContaining('Set API_URL to an address'),
  ]);
});

function healthTest(settings: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const program = path.join(workspaceRoot, 'infra', 'compose', 'health-test', 'health-test.mjs');
  return runCommand(process.execPath, [program], {
    env: { ...hostEnvironment(), ...system.urls, ...settings },
  });
}
