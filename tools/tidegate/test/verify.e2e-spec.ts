import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startSystem, useAwsSimulator, type RunningSystem } from '@tidegate/testing';
import { AlteredAws } from './altered-aws';
import { SimulatedInstallation } from './simulated-installation';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(300_000);

const START_TIMEOUT_MS = 300_000;
const BECOMES_TIMEOUT_MS = 90_000;

interface Result {
  readonly part: string;
  readonly expected: string;
  readonly result: string;
  readonly found: string;
}

describe('tidegate verify', () => {
  const simulator = useAwsSimulator();
  const folder = new WorkFolder();
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem({ hasModel: true });
    const { API_URL, INFERENCE_URL, LOGGING_URL, MLFLOW_URL } = system.urls;
    const services = {
      api: { url: API_URL },
      inference: { url: INFERENCE_URL },
      logging: { url: LOGGING_URL },
      mlflow: { url: MLFLOW_URL },
    };
    mkdirSync(path.join(folder.path, '.tidegate'));
    writeFileSync(
      path.join(folder.path, '.tidegate/stack.json'),
      JSON.stringify({ services, apiKey: system.adminKey }),
    );
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await system.remove();
    folder.remove();
  }, START_TIMEOUT_MS);

  const verify = (...args: string[]): Promise<CommandOutcome> =>
    folder.tidegate(['verify', '--local', ...args], {});

  /** A state takes a moment to be seen. */
  async function failuresBecome(
    isRight: (failures: readonly Result[]) => boolean,
  ): Promise<readonly Result[]> {
    const deadlineMs = performance.now() + BECOMES_TIMEOUT_MS;
    for (;;) {
      const { stdout } = await verify('--json');
      const { results } = JSON.parse(stdout) as { results: Result[] };
      const failures = results.filter(({ result }) => result === 'failed');
      if (isRight(failures) || performance.now() > deadlineMs) return failures;
      await wait(500);
    }
  }

  it('finds nothing wrong with a system that is well, and says so in a report', async () => {
    expect(await failuresBecome((failures) => failures.length === 0)).toEqual([]);
    const { exitCode, stdout, stderr } = await verify('--report', 'report.md');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^Looking at/) as string,
    });
    expect(stdout).toMatch(/\n24 passed; report: report\.md\n$/);
    const report = readFileSync(path.join(folder.path, 'report.md'), 'utf8');
    expect(report).toMatch(/^# Verification of the local stack, \d{4}-\d\d-\d\dT/);
    expect(report).toContain('**passed** (24 passed)');
    expect(report.match(/^\| .*\| passed \| HTTP (200|401) \| \d+ \|$/gm)).toHaveLength(24);
    expect(`${stdout}${report}`).not.toContain(system.adminKey);
  });

  it.each([
    ['mlflow', 'MLflow', /mlflow in GET \/health|it answers GET \/health itself/],
    ['redis', 'Redis', /redis in GET \/health/],
    ['postgres', 'PostgreSQL', /postgres in GET \/health/],
    ['inference', 'inference', /its own GET \/live/],
    ['logging', 'logging', /its own GET \/live/],
  ] as const)(
    'names what fails while %s is stopped',
    async (stopped, part, expected) => {
      await system.parts[stopped].stop();
      try {
        const failures = await failuresBecome((found) =>
          found.some((one) => one.part === part && expected.test(one.expected)),
        );
        expect(failures.map((one) => one.part)).toContain(part);
        const { exitCode, stdout } = await verify('--report', 'failed.md');
        expect(exitCode).toBe(2);
        expect(stdout).toMatch(/\d+ failed, (\d+ skipped, )?\d+ passed; report: failed\.md/);
        const report = readFileSync(path.join(folder.path, 'failed.md'), 'utf8');
        expect(report).toContain(`## ${part}: failed`);
        expect(report).toContain('- To do: ');
        // What has nothing to do with it is well.
        if (stopped === 'redis') expect(failures.map((one) => one.part)).toEqual(['Redis']);
        if (stopped === 'logging')
          expect(new Set(failures.map((one) => one.part))).toEqual(new Set(['logging']));
      } finally {
        await system.parts[stopped].start();
      }
      expect(await failuresBecome((found) => found.length === 0)).toEqual([]);
    },
    START_TIMEOUT_MS,
  );

  it('health-test asks every endpoint, also of a system that lacks a part on purpose', async () => {
    const healthTest = (...args: string[]): Promise<CommandOutcome> =>
      folder.tidegate(['health-test', ...args], {});
    expect(await healthTest()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('15 passed, 0 failed') as string,
    });
    await system.parts.redis.stop();
    try {
      const { exitCode, stdout } = await healthTest('--down', 'redis', '--json');
      expect(exitCode).toBe(0);
      const { down, results } = JSON.parse(stdout) as { down: string[]; results: { result: string }[] };
      expect(down).toEqual(['redis']);
      expect(results.map(({ result }) => result)).toEqual(Array(15).fill('passed'));
    } finally {
      await system.parts.redis.start();
    }
    const unknown = await healthTest('--down', 'nothing');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('DOWN names nothing: expected some of');
  });

  it('skips what the key may not ask, and says which scope is missing', async () => {
    const created = await folder.tidegate(
      ['keys', 'create', '--local', '--owner', 'ann', '--scopes', 'runs:read'],
      {},
    );
    const stack = path.join(folder.path, '.tidegate/stack.json');
    const all = readFileSync(stack, 'utf8');
    writeFileSync(stack, JSON.stringify({ ...JSON.parse(all), apiKey: created.stdout.trim() }));
    const { exitCode, stdout } = await verify();
    writeFileSync(stack, all);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/skipped.*ops:read|ops:read/s);
    expect(stdout).toMatch(/\d+ skipped, \d+ passed/);
  });

  it('looks at tasks and targets of an environment on AWS as well', async () => {
    await new SimulatedInstallation(simulator).create();
    const aws = await AlteredAws.start(simulator.url);
    const verifyDev = (): Promise<CommandOutcome> =>
      folder.tidegate(['verify', 'dev', '--url', system.urls.API_URL, '--report', 'dev.md'], {
        ...simulator.environment,
        AWS_ENDPOINT_URL: aws.url,
        TIDEGATE_API_KEY: system.adminKey,
      });
    try {
      expect(await verifyDev()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/\n16 passed; report: dev\.md\n$/) as string,
      });
      aws.alter('DescribeTasks', (answer) => ({
        ...answer,
        tasks: (answer['tasks'] as object[]).map((task) => ({ ...task, healthStatus: 'UNHEALTHY' })),
      }));
      expect((await verifyDev()).exitCode).toBe(2);
      const report = readFileSync(path.join(folder.path, 'dev.md'), 'utf8');
      expect(report).toMatch(/## ECS: failed\n\n.*\n- Found: .*the health check in the container of task/);
      expect(report).toContain('tidegate diagnose dev');
    } finally {
      aws.stop();
    }
  });

  it('says what to do when nothing runs, and when the report cannot be written', async () => {
    const empty = new WorkFolder();
    expect(await empty.tidegate(['verify', '--local'], {})).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'The local stack does not run: there is no .tidegate/stack.json. Start it with "npm start".\n',
    });
    empty.remove();
    writeFileSync(path.join(folder.path, 'file'), '');
    const { exitCode, stderr } = await verify('--report', 'file/report.md');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Name another file with --report.');
  });
});
