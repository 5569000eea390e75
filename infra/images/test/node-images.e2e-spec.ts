import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findFreePort } from '@tidegate/local-parts';
import { useTestPostgres, workspaceRoot } from '@tidegate/testing';
import { BUILD_TIMEOUT_MS, buildImage, startContainer, type Container } from './containers';
import { inspectImage, secretFiles, writableFiles, type InspectedImage } from './inspected-image';

jest.setTimeout(300_000);

const BASE = 'public.ecr.aws/docker/library/node:24-bookworm-slim';
const SECOND_NS = 1_000_000_000;
const postgres = useTestPostgres();

interface Service {
  app: 'api' | 'inference' | 'logging';
  port: number;
  /** Over the base image. */
  mostMegabytes: number;
  environment: () => Promise<Record<string, string>>;
}

const services: Service[] = [
  {
    app: 'api',
    port: 8080,
    mostMegabytes: 15,
    environment: async () => ({
      DATABASE_URL: await postgres.createDatabase(),
      API_KEY_PEPPER: randomBytes(32).toString('hex'),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
    }),
  },
  {
    app: 'inference',
    port: 8000,
    mostMegabytes: 60,
    environment: () => Promise.resolve({ MODELS: 'digits', MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' }),
  },
  {
    app: 'logging',
    port: 8001,
    mostMegabytes: 15,
    environment: async () => ({ DATABASE_URL: await postgres.createDatabase() }),
  },
];

describe.each(services)('the image of $app', ({ app, port, mostMegabytes, environment }) => {
  const tag = `localhost/tidegate-test-${app}`;
  let image: InspectedImage;
  let container: Container;
  let url: string;

  beforeAll(async () => {
    await buildNodeImage(tag, app);
    image = await inspectImage(tag, BASE);
    const freePort = await findFreePort();
    url = `http://127.0.0.1:${freePort}`;
    const settings = { TIDEGATE_ENVIRONMENT: 'dev', HOST: '127.0.0.1', PORT: String(freePort) };
    container = startContainer(tag, app, { ...settings, ...(await environment()) });
    await untilOk(`${url}${app === 'inference' ? '/live' : '/ready'}`, container);
  }, BUILD_TIMEOUT_MS);
  afterAll(() => container.stop());

  it('answers its probes on a read-only file system without capabilities', async () => {
    for (const probe of ['/live', '/health', '/metrics']) {
      expect({ probe, status: (await fetch(url + probe)).status }).toEqual({ probe, status: 200 });
    }
    expect((await fetch(`${url}/ready`)).status).toBe(app === 'inference' ? 503 : 200);
  });

  it('is not root, cannot gain rights and can write to /tmp only', async () => {
    const { stdout: status } = await container.exec('cat', '/proc/1/status');
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(await container.exec('touch', '/tmp/x')).toMatchObject({ exitCode: 0 });
    expect((await container.exec('touch', '/app/x')).stderr).toContain('Read-only file system');
    expect(image.config.User).toBe('1000:1000');
    expect(writableFiles(image)).toEqual([]);
  });

  it('is node itself, so that a stop signal reaches it', async () => {
    expect((await container.exec('cat', '/proc/1/cmdline')).stdout).toBe('node\0main.js\0');
  });

  it('declares the service’s port and the agreed health check', () => {
    expect(Object.keys(image.config.ExposedPorts)).toEqual([`${port}/tcp`]);
    expect(image.config.Healthcheck).toEqual({
      Test: ['CMD', 'node', '/app/health-check.js', String(port), '/live'],
      StartPeriod: 90 * SECOND_NS,
      Interval: 30 * SECOND_NS,
      Timeout: 10 * SECOND_NS,
      Retries: 3,
    });
  });

  it('has a health check that tells a living service from a dead one', async () => {
    const check = (port: string): Promise<{ exitCode?: number; stderr: string }> =>
      container.exec('node', '/app/health-check.js', port, '/live');
    expect(await check(new URL(url).port)).toMatchObject({ exitCode: 0, stderr: '' });
    const dead = await check('1');
    expect(dead.exitCode).toBe(1);
    expect(dead.stderr).toContain('expected 200');
    const wrong = await container.exec('node', '/app/health-check.js', new URL(url).port, '/nowhere');
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('answered 404') as string });
  });

  it('holds no secret and no package that its bundle does not need', () => {
    expect(secretFiles(image)).toEqual([]);
    expect(image.files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['app/main.js', 'app/health-check.js', 'app/rds-ca.pem']),
    );
    expect(developmentPackages(image)).toEqual([]);
  });

  it(`adds at most ${mostMegabytes} MB to its base`, () => {
    process.stderr.write(`${app}: ${image.addedMegabytes.toFixed(1)} MB over the base image\n`);
    expect(image.addedMegabytes).toBeLessThan(mostMegabytes);
  });

  if (app === 'inference')
    it('runs models in worker threads: onnxruntime finds its native library there', async () => {
      const folder = "{ path: '/nowhere', mlmodel: { flavors: { onnx: { data: 'model.onnx' } } } }";
      const script = `
        const { Worker } = require('node:worker_threads');
        const worker = new Worker('/app/engine-worker.js', { workerData: { folder: ${folder} } });
        worker.once('message', (message) => (console.log(JSON.stringify(message)), process.exit()));`;
      const { stdout } = await container.exec('node', '-e', script);
      expect(JSON.parse(stdout)).toMatchObject({
        kind: 'failed',
        failure: {
          code: 'MODEL_INVALID',
          message: expect.stringContaining('onnxruntime cannot load') as string,
        },
      });
    });

  it('stops at once and cleanly', async () => {
    const { exitCode, stdout } = await container.stop();
    expect({ exitCode, lastLines: stdout.trimEnd().split('\n').slice(-3) }).toEqual({
      exitCode: 0,
      lastLines: expect.arrayContaining([expect.stringContaining('"msg":"stopped"')]) as string[],
    });
  });
});

describe('the image of setup', () => {
  const tag = 'localhost/tidegate-test-setup';
  beforeAll(() => buildNodeImage(tag, 'setup'), BUILD_TIMEOUT_MS);

  it('starts its program, which says what is missing and fails', async () => {
    const { exitCode, stdout } = await startContainer(tag, 'setup', {}).ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('DATABASE_HOST');
  });

  it('does nothing when the task is for something else, as for the users of MLflow', async () => {
    const { exitCode, stdout } = await startContainer(tag, 'setup', {}, ['node', '--version']).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^v\d+\./) as string });
  });

  it('holds no secret and no development package, and is small', async () => {
    const image = await inspectImage(tag, BASE);
    expect(secretFiles(image)).toEqual([]);
    expect(writableFiles(image)).toEqual([]);
    expect(developmentPackages(image)).toEqual([]);
    process.stderr.write(`setup: ${image.addedMegabytes.toFixed(1)} MB over the base image\n`);
    expect(image.addedMegabytes).toBeLessThan(30);
  });
});

async function buildNodeImage(tag: string, app: string): Promise<void> {
  await buildImage(tag, ['-f', 'infra/images/node/Dockerfile', '--build-arg', `APP=${app}`]);
}

/** inference is not ready here: there is no registry to load a model from. */
async function untilOk(url: string, container: Container): Promise<void> {
  let output: string | undefined;
  void container.ended.then(({ stdout }) => {
    output = stdout;
  });
  while (output === undefined) {
    const answers = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
  }
  throw new Error(`The container ended before it answered. It printed:\n${output}`);
}

/** Packages in the image that the lock file knows as development packages only. */
function developmentPackages({ files }: InspectedImage): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(workspaceRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const folders = files.map(
    (file) => /^app\/(.*node_modules\/(@[^/]+\/)?[^/]+)\/package\.json$/.exec(file.path)?.[1],
  );
  return [...new Set(folders)].filter(
    (folder) => folder !== undefined && packages[folder]?.dev === true,
  ) as string[];
}
