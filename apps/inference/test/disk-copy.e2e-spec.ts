import { appendFileSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestMlflow, useTestMlflow } from '@tidegate/testing';
import {
  get,
  type InferenceUnderTest,
  moveAlias,
  predict,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';
import { CuttableLine } from './cuttable-line';
import { describeWithSmallDisks, type SmallDisk } from './small-disk';

jest.setTimeout(240_000);

const INSTANCES = [{ count: 7, word: 'tide' }];
const model = uniqueModelName('kept');
const mlflow = useTestMlflow();
let line: CuttableLine;
let cacheDir: string;
let apps: InferenceUnderTest[];

beforeAll(async () => {
  await registryScenario(mlflow, 'identity', model, 'production');
  await registryScenario(mlflow, 'padded', model, 'padded', '3000000');
});

beforeEach(async () => {
  await moveAlias(mlflow, model, 'production', '1');
  line = await CuttableLine.to(mlflow.url);
  cacheDir = await mkdtemp(path.join(tmpdir(), 'tidegate-test-copies-'));
  apps = [];
});

afterEach(async () => {
  await Promise.all(apps.map((app) => app.remove()));
  await line.cut();
  await rm(cacheDir, { recursive: true, force: true });
});

async function start(folder = cacheDir): Promise<InferenceUnderTest> {
  const { username, password } = mlflow;
  const registry: TestMlflow = { url: line.url, username, password };
  const settings = { MODELS: `${model}@production`, MODEL_CACHE_DIR: folder };
  const app = await startInferenceUnderTest(registry, settings);
  apps.push(app);
  return app;
}

async function shown(app: InferenceUnderTest): Promise<Readonly<Record<string, unknown>>> {
  const { models } = (await get(app, '/models')).body as unknown as { models: Record<string, unknown>[] };
  return models[0] ?? {};
}

function untilShown(
  app: InferenceUnderTest,
  isTrue: (model: Readonly<Record<string, unknown>>) => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  return until(() => shown(app), isTrue);
}

async function versionThatPredicts(app: InferenceUnderTest): Promise<string> {
  const { status, body } = await predict(app, { instances: INSTANCES });
  expect(status).toBe(200);
  return (body as unknown as { model: { version: string } }).model.version;
}

async function metricsOf(app: InferenceUnderTest): Promise<string> {
  return (await fetch(`${app.url}/metrics`)).text();
}

async function copies(folder = cacheDir): Promise<string[]> {
  const entries = await readdir(path.join(folder, model));
  return entries.map((entry) => entry.replace(/-[0-9a-f]{12}$/, ''));
}

/** Until nothing more goes into it. */
function fillUp(folder: string): void {
  try {
    for (;;) appendFileSync(path.join(folder, 'ballast'), Buffer.alloc(100_000));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

/** The first file of this name below the cache folder. */
async function fileOf(name: string): Promise<string> {
  const files = await readdir(cacheDir, { recursive: true });
  const found = files.find((file) => path.basename(file) === name);
  return path.join(cacheDir, found ?? `no ${name}`);
}

describe('MLflow away at start, with a copy on disk', () => {
  it('serves the copy, flagged, and follows again when MLflow is back, without a reload', async () => {
    await untilReady(await start());
    await apps[0]?.stop();
    await line.cut();

    const app = await start();
    await untilReady(app);
    expect(await versionThatPredicts(app)).toBe('1');
    expect(await shown(app)).toMatchObject({
      state: 'serving',
      version: '1',
      from_disk: true,
      failure: { code: 'REGISTRY_UNAVAILABLE' },
    });
    expect((await get(app, '/health')).body).toMatchObject({ model_loaded: true, mlflow_accessible: false });
    expect(await metricsOf(app)).toContain(
      `inference_model_from_disk{model="${model}",stage="production"} 1`,
    );
    const msg = expect.stringContaining('served from its copy on disk') as string;
    expect(app.logLines).toContainEqual(expect.objectContaining({ level: 'warn', msg }));

    await line.mend();
    const confirmed = await untilShown(app, (each) => each.from_disk === false);
    expect(confirmed).toMatchObject({ state: 'serving', version: '1' });
    expect(confirmed).not.toHaveProperty('failure');
    const metrics = await metricsOf(app);
    expect(metrics).toContain(`inference_model_from_disk{model="${model}",stage="production"} 0`);
    expect(metrics).toContain(`inference_model_reloads_total{model="${model}",result="success"} 1`);

    await moveAlias(mlflow, model, 'production', '2');
    await untilShown(app, (each) => each.version === '2');
    expect(await versionThatPredicts(app)).toBe('2');
    await until(
      () => copies(),
      (names) => names.join() === '2',
    );
  });

  it('serves the version that served last, not one that could only be downloaded', async () => {
    const first = await start();
    await untilReady(first);
    const broken = await registryScenario<{ version: string }>(mlflow, 'corrupt', model, 'production');
    await untilShown(first, (each) => each.failure !== undefined);
    await first.stop();

    // The registry says the broken one, which fails again: as before the stop, the good one goes on.
    const second = await start();
    await untilReady(second);
    expect(await versionThatPredicts(second)).toBe('1');
    expect(await shown(second)).toMatchObject({
      from_disk: true,
      failure: { code: 'MODEL_INVALID', version: broken.version },
    });
    await second.stop();
    await line.cut();
    const third = await start();
    await untilReady(third);
    expect(await versionThatPredicts(third)).toBe('1');
  });

  it('never serves a damaged copy, and fetches it anew when MLflow is back', async () => {
    await untilReady(await start());
    await apps[0]?.stop();
    await line.cut();
    await appendFile(await fileOf('model.onnx'), ' ');

    const app = await start();
    const damaged = expect.objectContaining({
      level: 'warn',
      model,
      differences: [expect.stringMatching(/^model\.onnx: expected \d+ bytes, has \d+$/)],
    }) as unknown;
    await until(
      () => Promise.resolve(app.logLines),
      (lines) => lines.some(({ msg }) => msg.includes('a copy on disk is damaged')),
    );
    expect(app.logLines).toContainEqual(damaged);
    await until(
      () => Promise.resolve(app.logLines),
      (lines) => lines.some(({ msg }) => msg.includes('the copy on disk is of no use')),
    );
    expect((await get(app, '/ready')).status).toBe(503);
    expect((await predict(app, { instances: INSTANCES })).body.code).toBe('MODEL_NOT_LOADED');

    await line.mend();
    await untilReady(app);
    expect(await shown(app)).toMatchObject({ version: '1', from_disk: false });
  });

  it('takes nothing for a copy that was not complete', async () => {
    await untilReady(await start());
    await apps[0]?.stop();
    await line.cut();
    await rm(await fileOf('manifest.json'));

    const app = await start();
    await until(
      () => Promise.resolve(app.logLines),
      (lines) => lines.some(({ msg }) => msg.includes('the copy on disk is of no use')),
    );
    expect((await get(app, '/ready')).status).toBe(503);
  });
});

describeWithSmallDisks('the disk', (mount) => {
  let disk: SmallDisk;

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    disk.remove();
  });

  it('is full: the old version goes on serving, nothing half is left, and room mends it', async () => {
    disk = mount(2);
    const app = await start(disk.folder);
    await untilReady(app);
    await moveAlias(mlflow, model, 'production', '2');

    const { failure } = await untilShown(app, (each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_CACHE_FULL',
      version: '2',
      cause: expect.stringContaining('No room for the model in') as string,
      remedy: expect.stringContaining('Make room on the disk of MODEL_CACHE_DIR') as string,
      retry_at: expect.any(String) as string,
    });
    expect(await versionThatPredicts(app)).toBe('1');
    expect(await copies(disk.folder)).toEqual(['1']);

    disk.resize(8);
    await untilShown(app, (each) => each.version === '2');
    expect(await versionThatPredicts(app)).toBe('2');
  });

  it('gets full in the middle of a download: what came is removed', async () => {
    disk = mount(6);
    const app = await start(disk.folder);
    await untilReady(app);
    line.onBytes = (total) => {
      // It had room when the download began.
      if (total > 500_000) fillUp(disk.folder);
    };
    await moveAlias(mlflow, model, 'production', '2');

    const { failure } = await untilShown(app, (each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_CACHE_FULL',
      cause: expect.stringContaining('ENOSPC: no space left on device') as string,
    });
    expect(await copies(disk.folder)).toEqual(['1']);
    expect(await versionThatPredicts(app)).toBe('1');
  });

  it('gets read-only: the old version goes on serving, with what to do', async () => {
    disk = mount(20);
    const app = await start(disk.folder);
    await untilReady(app);
    disk.becomeReadOnly();
    await moveAlias(mlflow, model, 'production', '2');

    const { failure } = await untilShown(app, (each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_CACHE_UNUSABLE',
      cause: expect.stringContaining('EROFS') as string,
      remedy: expect.stringContaining('MODEL_CACHE_DIR') as string,
    });
    expect(await versionThatPredicts(app)).toBe('1');

    disk.becomeWritable();
    await untilShown(app, (each) => each.version === '2');
  });

  it('is read-only from the start: not ready, with what to do', async () => {
    disk = mount(20);
    disk.becomeReadOnly();
    const app = await start(path.join(disk.folder, 'models'));
    const { failure } = await untilShown(app, (each) => each.failure !== undefined);
    expect(failure).toMatchObject({ code: 'MODEL_CACHE_UNUSABLE' });

    disk.becomeWritable();
    await untilReady(app);
  });
});

it('lets two processes use one folder without harm', async () => {
  const first = await start();
  await untilReady(first);
  const second = await start();
  await untilReady(second);
  expect(second.logLines).toContainEqual(
    expect.objectContaining({ level: 'warn', folder: path.join(cacheDir, '.process-2') }),
  );

  await moveAlias(mlflow, model, 'production', '2');
  for (const app of [first, second]) {
    await untilShown(app, (each) => each.version === '2');
    expect(await versionThatPredicts(app)).toBe('2');
  }
  await second.stop();
  await first.stop();
  await line.cut();
  const next = await start();
  await untilReady(next);
  expect(await versionThatPredicts(next)).toBe('2');
});
