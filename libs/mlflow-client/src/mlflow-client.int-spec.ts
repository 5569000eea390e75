import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { useTestMlflow } from '@tidegate/testing';
import { z } from 'zod';
import { post, registerSampleModel, type SampleModel } from '../test/registered-sample';
import { MlflowClient } from './mlflow-client';

const FILES = {
  MLmodel: Buffer.from('flavors:\n  onnx: {data: model.onnx}\n'),
  'model.onnx': randomBytes(2_000_000),
  'empty file.txt': Buffer.alloc(0),
  'nested folder/ü ♥/naïve +&=?.bin': randomBytes(70_000),
  'nested folder/100.txt': Buffer.from('hundred'),
};
const TOTAL_BYTES = Object.values(FILES).reduce((sum, content) => sum + content.length, 0);

const mlflow = useTestMlflow();
let client: MlflowClient;
let model: SampleModel;
let scratch: string;

beforeAll(async () => {
  client = new MlflowClient({
    baseUrl: mlflow.url,
    credentials: { kind: 'basic', username: mlflow.username, password: mlflow.password },
  });
  // Twelve versions: sorted as text, 9 would be the latest.
  model = await registerSampleModel(mlflow, `digits é ${randomUUID()}`, FILES, 11);
  scratch = await mkdtemp(join(tmpdir(), 'mlflow-client-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('the server', () => {
  it('tells its health and version', async () => {
    expect(await client.health()).toBe('OK');
    expect(await client.version()).toMatch(/^3\.\d+\.\d+/);
  });

  it('is probed with status and time', async () => {
    const probe = await client.probe({
      method: 'POST',
      path: '/api/2.0/mlflow/experiments/search',
      body: { max_results: 1 },
    });
    expect(probe).toMatchObject({ ok: true, status: 200 });
    expect(probe.responseTimeMs).toBeGreaterThan(0);
  });

  it('is probed with a wrong parameter: a failure with status and code', async () => {
    const probe = await client.probe({
      method: 'POST',
      path: '/api/2.0/mlflow/experiments/search',
      body: { max_results: 'x' },
    });
    expect(probe).toMatchObject({
      ok: false,
      error: { code: 'MLFLOW_BAD_REQUEST', httpStatus: 400, errorCode: 'INVALID_PARAMETER_VALUE' },
    });
  });

  it('refuses a wrong password, which the error does not repeat', async () => {
    const password = 'not the right one';
    const stranger = new MlflowClient({
      baseUrl: mlflow.url,
      credentials: { kind: 'basic', username: mlflow.username, password },
    });
    const failure: unknown = await stranger.searchExperiments().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'MLFLOW_UNAUTHORIZED', httpStatus: 401 });
    expect(String(failure)).not.toContain(password);
    expect(String(failure)).not.toContain(Buffer.from(`${mlflow.username}:${password}`).toString('base64'));
  });
});

describe('searches', () => {
  it('lists experiments page by page', async () => {
    const first = await client.searchExperiments({ maxResults: 1 });
    expect(first.items).toHaveLength(1);
    const second = await client.searchExperiments({ maxResults: 1, pageToken: first.nextPageToken });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
  });

  it('lists registered models with the latest version', async () => {
    const { items } = await client.searchRegisteredModels({ maxResults: 1000 });
    const found = items.find((item) => item.name === model.name);
    expect(found?.latestVersions.map((version) => version.version)).toEqual(['12']);
  });
});

describe('selecting a version', () => {
  it('follows an alias to another version', async () => {
    await post(mlflow, 'registered-models/alias', { name: model.name, alias: 'production', version: '2' });
    const before = await client.getModelVersionByAlias(model.name, 'production');
    expect(before).toMatchObject({
      name: model.name,
      version: '2',
      status: 'READY',
      aliases: ['production'],
    });
    await post(mlflow, 'registered-models/alias', { name: model.name, alias: 'production', version: '3' });
    expect((await client.getModelVersionByAlias(model.name, 'production'))?.version).toBe('3');
  });

  it('finds nothing for an alias or a model that does not exist', async () => {
    expect(await client.getModelVersionByAlias(model.name, 'nobody')).toBeUndefined();
    expect(await client.getModelVersionByAlias(`${model.name} 2`, 'production')).toBeUndefined();
  });

  it('does not take a malformed alias, also a 400 INVALID_PARAMETER_VALUE, for a missing one', async () => {
    await expect(client.getModelVersionByAlias(model.name, 'a b')).rejects.toMatchObject({
      code: 'MLFLOW_BAD_REQUEST',
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });

  it('finds a version by number, nothing for one that does not exist', async () => {
    expect((await client.getModelVersion(model.name, '7'))?.version).toBe('7');
    expect(await client.getModelVersion(model.name, '77')).toBeUndefined();
  });

  it('takes the highest number as latest, not the last in the alphabet', async () => {
    expect((await client.getLatestVersion(model.name))?.version).toBe('12');
    expect(await client.getLatestVersion(`${model.name} 2`)).toBeUndefined();
  });

  it('takes the latest of a name with a quote, and of no other model', async () => {
    const quoted = await registerSampleModel(mlflow, `it's ${randomUUID()}`, { MLmodel: FILES.MLmodel }, 0);
    expect(await client.getLatestVersion(quoted.name)).toMatchObject({ name: quoted.name, version: '1' });
  });

  it('finds the version of a stage, nothing for a stage nobody set', async () => {
    await post(mlflow, 'model-versions/transition-stage', {
      name: model.name,
      version: '4',
      stage: 'Staging',
      archive_existing_versions: false,
    });
    expect((await client.getLatestVersionInStage(model.name, 'staging'))?.version).toBe('4');
    expect(await client.getLatestVersionInStage(model.name, 'Production')).toBeUndefined();
  });
});

describe('uploading', () => {
  it('puts a file of any name below the artifacts of a run, and in place of an earlier one', async () => {
    const { run } = await client.call(
      {
        method: 'POST',
        path: '/api/2.0/mlflow/runs/create',
        body: { experiment_id: '0', run_name: randomUUID() },
      },
      z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) }),
    );
    const { artifact_uri: uri } = run.info;
    for (const content of [randomBytes(10), randomBytes(3_000_000), Buffer.alloc(0)]) {
      const bytes = Readable.from([content], { objectMode: false });
      await client.uploadArtifact(uri, 'ü ♥/a +&=?.bin', { bytes, sizeBytes: content.length });
      const source = await client.artifactsAt(uri);
      const chunks: Uint8Array[] = [];
      for await (const chunk of source.open('ü ♥/a +&=?.bin')) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
    }
  });

  it('says what to do when files cannot be put there, and gives the bytes up', async () => {
    const bytes = Readable.from(['x']);
    await expect(client.uploadArtifact('gs://bucket/x', 'a', { bytes, sizeBytes: 1 })).rejects.toMatchObject({
      code: 'MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED',
      remedy: expect.stringContaining('--serve-artifacts') as string,
    });
    expect(bytes.destroyed).toBe(true);
  });
});

describe('downloading', () => {
  it.each(['1', '12'])('brings the whole folder of version %s, a run or a logged model', async (version) => {
    const target = join(scratch, 'models', version);
    const uri = await client.getDownloadUri(model.name, version);
    expect(uri).toMatch(/^mlflow-artifacts:\//);

    const downloaded = await client.downloadFolder(uri, target, { maxBytes: TOTAL_BYTES });

    expect(downloaded.totalBytes).toBe(TOTAL_BYTES);
    expect(downloaded.files.map((file) => file.path).sort()).toEqual(Object.keys(FILES).sort());
    for (const [path, content] of Object.entries(FILES)) {
      expect((await readFile(join(target, path))).equals(content)).toBe(true);
    }
    expect((await readdir(join(scratch, 'models'))).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('asks the server where the files of a run, a logged model and a version are', async () => {
    const version = await client.getModelVersion(model.name, '12');
    expect(version?.source).toMatch(/^models:\/m-/);
    const sources = [`runs:/${model.runId}/model`, version?.source, `models:/${model.name}/1`];
    for (const [index, uri] of sources.entries()) {
      const target = join(scratch, 'indirect', String(index));
      const { totalBytes } = await client.downloadFolder(uri ?? '', target, { maxBytes: TOTAL_BYTES });
      expect(totalBytes).toBe(TOTAL_BYTES);
    }
  });

  it('says not found for a run or a logged model that does not exist', async () => {
    for (const uri of [`runs:/${'0'.repeat(32)}/model`, `models:/m-${'0'.repeat(32)}`]) {
      const download = client.downloadFolder(uri, join(scratch, 'nowhere'), { maxBytes: 1 });
      await expect(download).rejects.toMatchObject({ code: 'MLFLOW_NOT_FOUND' });
    }
  });

  it('refuses a folder one byte larger than allowed and leaves nothing behind', async () => {
    const target = join(scratch, 'too-large', 'model');
    const download = client.downloadFolder(model.runArtifactUri, target, { maxBytes: TOTAL_BYTES - 1 });
    await expect(download).rejects.toMatchObject({ code: 'MLFLOW_DOWNLOAD_TOO_LARGE' });
    await expect(readdir(join(scratch, 'too-large'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says not found for a folder that does not exist, which MLflow lists as empty', async () => {
    const target = join(scratch, 'missing');
    const download = client.downloadFolder(`${model.runArtifactUri}/missing`, target, { maxBytes: 1 });
    await expect(download).rejects.toMatchObject({ code: 'MLFLOW_NOT_FOUND' });
  });

  it('says not found for the location of a version that does not exist', async () => {
    await expect(client.getDownloadUri(model.name, '77')).rejects.toMatchObject({
      code: 'MLFLOW_NOT_FOUND',
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });
});
