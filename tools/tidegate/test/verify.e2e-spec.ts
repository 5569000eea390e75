import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { startSystem, useAwsSimulator, type RunningSystem } from '@tidegate/testing';
import { AlteredAws } from './altered-aws';
import { SimulatedInstallation } from './simulated-installation';
import { TaskLogs } from './task-logs';
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
      stdout: expect.stringContaining('17 passed, 0 failed') as string,
    });
    await system.parts.redis.stop();
    try {
      const { exitCode, stdout } = await healthTest('--down', 'redis', '--json');
      expect(exitCode).toBe(0);
      const { down, results } = JSON.parse(stdout) as {
        down: string[];
        results: { endpoint: string; result: string }[];
      };
      expect(down).toEqual(['redis']);
      expect(results.map(({ endpoint }) => endpoint)).toEqual(
        expect.arrayContaining(['api /health?detailed=true', 'api /api/health/mlflow/detailed']),
      );
      expect(results.map(({ result }) => result)).toEqual(Array(17).fill('passed'));
    } finally {
      await system.parts.redis.start();
    }
    const unknown = await healthTest('--down', 'nothing');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('--down names nothing: expected some of');
  });

  it('health-test says which part the stack lacks, and how to say that it is on purpose', async () => {
    const stack = path.join(folder.path, '.tidegate/stack.json');
    const all = readFileSync(stack, 'utf8');
    const { services, ...others } = JSON.parse(all) as { services: Record<string, unknown> };
    writeFileSync(stack, JSON.stringify({ ...others, services: { ...services, logging: undefined } }));
    const lacking = await folder.tidegate(['health-test'], {});
    const told = await folder.tidegate(['health-test', '--down', 'logging'], {});
    writeFileSync(stack, all);
    expect(lacking).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'The local stack runs without logging: expected every part. Start it with "npm start", ' +
        'or say that this is on purpose: "--down logging".\n',
    });
    expect(told.stdout).toContain('13 passed, 0 failed');
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

  describe('of an environment on AWS', () => {
    let installation: SimulatedInstallation;
    let taskLogs: TaskLogs;
    let aws: AlteredAws;

    beforeAll(async () => {
      installation = new SimulatedInstallation(simulator);
      await installation.create();
      taskLogs = new TaskLogs(installation.ecs, installation.logs);
    });
    beforeEach(async () => {
      aws = await AlteredAws.start(simulator.url);
    });
    afterEach(() => aws.stop());

    const verifyDev = (...args: string[]): Promise<CommandOutcome> =>
      folder.tidegate(['verify', 'dev', '--url', system.urls.API_URL, '--report', 'dev.md', ...args], {
        ...simulator.environment,
        AWS_ENDPOINT_URL: aws.url,
        ...(!args.includes('--without-key') && { TIDEGATE_API_KEY: system.adminKey }),
      });
    const report = (): string => readFileSync(path.join(folder.path, 'dev.md'), 'utf8');
    const resultsOf = ({ stdout }: CommandOutcome, part: string): Result[] =>
      (JSON.parse(stdout) as { results: Result[] }).results.filter((one) => one.part === part);

    it('misses the log of a service whose tasks never wrote', async () => {
      const [first = ''] = await taskLogs.tasksOf('api');
      await taskLogs.write('api', first, '{"level":"info","msg":"listening"}');
      const { exitCode, stdout } = await verifyDev();
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/^passed +log of api /m);
      expect(stdout).toMatch(/^failed +log of mlflow /m);
      expect(report()).toContain(
        '- Found: nothing was ever written to /ecs/tidegate-dev/mlflow by any of its 2 running tasks',
      );
    });

    it('looks at tasks, targets and logs as well', async () => {
      await taskLogs.writeOfAll(['mlflow'], 'INFO:     Application startup complete.');
      expect(await verifyDev()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/\n18 passed; report: dev\.md\n$/) as string,
      });
      expect(report()).toMatch(
        /^\| log of mlflow \| .* \| passed \| 2 of 2 running tasks wrote to \/ecs\/tidegate-dev\/mlflow; since 20[-\dT:.]+Z: error lines 0, fatal lines 0 \| \d+ \|$/m,
      );
      aws.alter('DescribeTasks', (answer) => ({
        ...answer,
        tasks: (answer['tasks'] as object[]).map((task) => ({ ...task, healthStatus: 'UNHEALTHY' })),
      }));
      expect((await verifyDev()).exitCode).toBe(2);
      expect(report()).toMatch(/## ECS: failed\n\n.*\n- Found: .*the health check in the container of task/);
      expect(report()).toContain('tidegate diagnose dev');
    });

    it('without a key asks all that needs none, and says what it left out', async () => {
      const { exitCode, stdout, stderr } = await verifyDev('--without-key');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) as string });
      expect(stdout).toMatch(/^passed +gateway +a call without a key is refused: 401, "API key required"/m);
      expect(stdout).toMatch(/^passed +MLflow +experiments and artifacts can be used/m);
      expect(stdout).toMatch(/\n7 skipped, 11 passed; report: dev\.md\n$/);
      expect(report()).toContain('it needs a key, and none was given: expected one in TIDEGATE_API_KEY');
    });

    it('without a key finds that MLflow does not answer', async () => {
      await system.parts.mlflow.stop();
      try {
        const outcome = await verifyDev('--without-key', '--json');
        expect(outcome.exitCode).toBe(2);
        const failures = resultsOf(outcome, 'MLflow').filter(({ result }) => result === 'failed');
        expect(failures.map(({ expected }) => expected)).toEqual(
          expect.arrayContaining([expect.stringContaining('/api/health/mlflow/connectivity')]),
        );
      } finally {
        await system.parts.mlflow.start();
      }
      expect(await failuresBecome((found) => found.length === 0)).toEqual([]);
    });

    it('counts lines of level error for a person to judge', async () => {
      const [, second = ''] = await taskLogs.tasksOf('mlflow');
      const lines = ['2026/11/25 11:59:01 ERROR mlflow.server: one', 'ERROR:    two', 'INFO:     error 3'];
      await taskLogs.write('mlflow', second, ...lines);
      const { exitCode, stdout } = await verifyDev();
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /\nlog of mlflow: expected that .*\n .*error lines 2, fatal lines 0; the newest error: two\n/,
      );
      expect(report()).toMatch(
        /^\| log of mlflow .* passed .* error lines 2, fatal lines 0; the newest error: two /m,
      );
      const outcome = await verifyDev('--json');
      expect(outcome.exitCode).toBe(0);
      expect(resultsOf(outcome, 'log of mlflow')).toMatchObject([{ result: 'passed', isRemarkable: true }]);
      expect(resultsOf(outcome, 'log of api')).not.toMatchObject([{ isRemarkable: true }]);
    });

    it('leaves out what was written before the oldest running task started', async () => {
      const startedAt = Date.now() / 1000;
      aws.alter('DescribeTasks', (answer) => ({
        ...answer,
        tasks: (answer['tasks'] as object[]).map((task) => ({ ...task, startedAt })),
      }));
      const outcome = await verifyDev('--json');
      expect(outcome.exitCode).toBe(0);
      const since = new Date(startedAt * 1000).toISOString();
      expect(resultsOf(outcome, 'log of mlflow')).toMatchObject([
        { result: 'passed', found: expect.stringContaining(`since ${since}: error lines 0`) as string },
      ]);
    });

    it('skips a log that may not be read', async () => {
      aws.fail('FilterLogEvents', 'AccessDeniedException', 'not authorized to perform: logs:FilterLogEvents');
      const { exitCode, stdout } = await verifyDev();
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^skipped +log of api /m);
      expect(stdout).toContain(
        'The credentials lack a right: not authorized to perform: logs:FilterLogEvents',
      );
    });

    it('fails when a process gave up: a line of level fatal', async () => {
      const fatal = { level: 'fatal', err: { message: 'x is not a function' }, msg: 'unexpected error' };
      await taskLogs.write('api', 'of-a-task-that-is-gone', JSON.stringify(fatal));
      const outcome = await verifyDev('--json');
      expect(outcome.exitCode).toBe(2);
      expect(resultsOf(outcome, 'log of api')).toMatchObject([
        {
          result: 'failed',
          found: expect.stringMatching(/fatal lines 1; the newest fatal: unexpected error$/) as string,
          remedy: expect.stringContaining('tidegate logs dev api --since 24h') as string,
        },
      ]);
      expect(report()).toMatch(/## log of api: failed\n/);
    });

    it('misses a log group', async () => {
      await installation.logs.send(new DeleteLogGroupCommand({ logGroupName: '/ecs/tidegate-dev/api' }));
      const { exitCode, stdout } = await verifyDev();
      expect(exitCode).toBe(2);
      expect(stdout).toContain('there is no log group /ecs/tidegate-dev/api\n');
    });
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
