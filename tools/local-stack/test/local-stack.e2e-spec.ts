import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@tidegate/local-parts';
import { isAlive, ownPlace, StartCommand, stackJson, WORKSPACE_ROOT, type StackPlace } from './start-command';

const run = promisify(execFile);
const IS_READY = 'Ctrl-C stops everything.';
const START_TIMEOUT_MS = 10 * 60_000;
const STOP_TIMEOUT_MS = 90_000;

/** A pasted command: a shell in the workspace's root folder, without settings of the person who runs the tests. */
async function paste(command: string): Promise<string> {
  const env = hostEnvironment(['MLFLOW_', 'DATABASE_URL']);
  const { stdout } = await run('/bin/bash', ['-c', command], { cwd: WORKSPACE_ROOT, env });
  return stdout;
}

/** Processes that work in the data folder, recorded or not. */
function processesIn({ dataDir }: StackPlace): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir);
    } catch {
      return false;
    }
  });
}

describe('npm start', () => {
  let place: StackPlace;
  let first: StartCommand;

  beforeAll(async () => {
    place = await ownPlace();
    first = new StartCommand(place.args);
    await first.prints(IS_READY);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await first.stop('SIGTERM');
    rmSync(path.dirname(place.dataDir), { recursive: true, force: true });
  }, STOP_TIMEOUT_MS);

  it('ends at a table of healthy services, with one prediction made through the api and found in the log', () => {
    expect(first.output).toMatch(/digits version 1 says 8; logged as \S+-0, counted as a defect/);
    expect(first.output).toMatch(
      /SERVICE +URL +HEALTH\n +api +http\S+ +healthy\n +inference +http\S+ +ready\n/,
    );
    expect(first.output).toMatch(/ logging +http\S+ +ready\n +MLflow +http\S+ +healthy\n/);
    expect(first.output).toMatch(/ PostgreSQL +postgresql:\/\/127.0.0.1:\d+ +accepts connections/);
  });

  it('writes stack.json for scripts, readable by its owner only', () => {
    const { services, ...stack } = stackJson(place);
    const key = expect.stringMatching(/^tg_local_/) as string;
    expect(stack).toEqual({ pid: first.child.pid, apiKey: key, adminKey: key });
    const names = Object.keys(services).filter((name) => name !== 'redis');
    expect(names).toEqual(['api', 'inference', 'logging', 'mlflow', 'postgres']);
    for (const service of Object.values(services)) {
      expect(service).toEqual({ url: expect.any(String) as string, pid: expect.any(Number) as number });
      expect(isAlive(service.pid)).toBe(true);
    }
    for (const file of ['stack.json', 'secrets.json', 'env/api.env']) {
      expect(statSync(path.join(place.dataDir, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('prints three commands that work when they are pasted', async () => {
    const prediction = JSON.parse(await paste(first.tryNext(1))) as unknown;
    expect(prediction).toMatchObject({
      predictions: [{ label: 8 }],
      model: { name: 'digits', version: '1' },
    });

    expect(await paste(first.tryNext(2))).toMatch(/run \w+ registered as hello/);

    const stats = JSON.parse(await paste(first.tryNext(3))) as unknown;
    expect(stats).toMatchObject({ models: [{ model: 'digits', defect_rate: 1 }] });
  }, 120_000);

  it('refuses a second stack on the same data, and one on the same ports, and leaves the first alone', async () => {
    const sameData = new StartCommand(place.args);
    expect(await sameData.exitCode).toBe(1);
    expect(sameData.output).toContain(`already runs on this data folder (process ${first.child.pid})`);

    const samePorts = new StartCommand([...place.args, '--data-dir', `${place.dataDir}-2`]);
    expect(await samePorts.exitCode).toBe(1);
    expect(samePorts.output).toMatch(/Port \d+, wanted by api, .* choose another port with --api-port/);
    expect(existsSync(path.join(place.dataDir, 'stack.json'))).toBe(true);
  });

  it('says which child died and lets the others run', async () => {
    const { services } = stackJson(place);
    process.kill(services['inference']?.pid ?? 0, 'SIGKILL');
    await first.prints('✗ inference');
    expect(first.output).toMatch(/✗ inference \(process \d+\) ended with signal SIGKILL\. The others run on/);
    const health = await fetch(`${services['api']?.url}/ready`);
    expect(health.status).toBe(200);
  });

  it(
    'leaves no process, lock or stack.json after Ctrl-C, although a child had died',
    async () => {
      const { services } = stackJson(place);
      expect(await first.stop('SIGINT')).toBe(0);
      expect(Object.values(services).filter(({ pid }) => isAlive(pid))).toEqual([]);
      expect(processesIn(place)).toEqual([]);
      expect(existsSync(path.join(place.dataDir, 'stack.json'))).toBe(false);
      expect(existsSync(path.join(place.dataDir, 'stack.lock'))).toBe(false);
    },
    STOP_TIMEOUT_MS,
  );

  it(
    'starts again on the same data, and reset cleans up after a run that was killed',
    async () => {
      const second = new StartCommand(place.args);
      await second.prints(IS_READY);
      expect(second.output).not.toContain('trained');
      expect(second.output).toContain('digits version 1 says 8');
      expect(await paste(second.tryNext(3))).toContain('"count":3');

      const { services } = stackJson(place);
      // MLflow's worker outlives it, and nobody is left who could end the worker.
      process.kill(services['mlflow']?.pid ?? 0, 'SIGKILL');
      await second.stop('SIGKILL');
      const reset = new StartCommand(['--data-dir', place.dataDir], 'reset.mjs');
      expect(await reset.exitCode).toBe(0);
      expect(processesIn(place)).toEqual([]);
      expect(existsSync(place.dataDir)).toBe(false);
    },
    START_TIMEOUT_MS,
  );
});

describe('npm start that cannot start', () => {
  it('names a wrong option and where to look', async () => {
    const command = new StartCommand(['--prot', '1']);
    expect(await command.exitCode).toBe(1);
    expect(command.output).toMatch(/'--prot'.*--help/);
  });

  it(
    'stops what it had started when it is interrupted on the way',
    async () => {
      const place = await ownPlace();
      const command = new StartCommand(place.args);
      await command.prints('PostgreSQL answers (');
      expect(await command.stop('SIGTERM')).toBe(130);
      expect(command.output).toContain('Stopped.');
      expect(processesIn(place)).toEqual([]);
      expect(existsSync(path.join(place.dataDir, 'stack.lock'))).toBe(false);
      rmSync(path.dirname(place.dataDir), { recursive: true, force: true });
    },
    START_TIMEOUT_MS,
  );
});
