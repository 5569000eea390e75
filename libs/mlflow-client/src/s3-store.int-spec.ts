import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { useAwsSimulator } from '@tidegate/testing';
import { downloadFolder } from './download-folder';
import { MlflowClient } from './mlflow-client';
import { S3Store } from './s3-store';

const BUCKET = 'models';
const ROOT = 'mlflow/1/models/m-1/artifacts';
const credentials = { accessKeyId: 'test', secretAccessKey: 'not-to-be-shown' };
const PART_BYTES = 8 * 1024 * 1024;
const aws = useAwsSimulator();
let scratch: string;
let server: Server | undefined;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 's3-artifacts-'));
  const s3 = new S3Client({ ...aws.sdk, forcePathStyle: true });
  await s3.send(
    new CreateBucketCommand({
      Bucket: BUCKET,
      CreateBucketConfiguration: { LocationConstraint: aws.region as 'eu-west-2' },
    }),
  );
  const put = (Key: string, Body: string): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentLength: Buffer.byteLength(Body) }));
  await put(`${ROOT}/MLmodel`, 'flavors: {}');
  await put(`${ROOT}/empty`, '');
  // The object that some tools make for a folder.
  await put(`${ROOT}/data/`, '');
  await put(`${ROOT}/data/ü ♥+&=?.bin`, 'weights');
  await put(`${ROOT}-other/MLmodel`, 'of another model');
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

function storeAt(endpointUrl: string, timeoutMs?: number): S3Store {
  return new S3Store({ s3: { endpointUrl, credentials }, ...(timeoutMs !== undefined && { timeoutMs }) });
}

async function fetchInto(name: string, store: S3Store, uri = `s3://${BUCKET}/${ROOT}`): Promise<string> {
  const target = join(scratch, name);
  const source = store.at(uri);
  if (source === undefined) throw new Error(`${uri} is no S3 URI`);
  await downloadFolder(source, target, { maxBytes: 100 });
  return target;
}

/** As a file is read. */
function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('brings a whole folder, and nothing of a folder whose name begins the same', async () => {
  const target = await fetchInto('whole', storeAt(aws.url));
  expect((await readdir(target)).sort()).toEqual(['MLmodel', 'data', 'empty']);
  expect(await readdir(join(target, 'data'))).toEqual(['ü ♥+&=?.bin']);
  expect(await readFile(join(target, 'data', 'ü ♥+&=?.bin'), 'utf8')).toBe('weights');
});

it('is what the client opens for an s3: URI', async () => {
  const s3 = { endpointUrl: aws.url, credentials };
  const client = new MlflowClient({ baseUrl: 'http://127.0.0.1:1', s3 });
  const { totalBytes } = await client.downloadFolder(`s3://${BUCKET}/${ROOT}/`, join(scratch, 'client'), {
    maxBytes: 18,
  });
  expect(totalBytes).toBe(18);
});

it('lists more than one page', async () => {
  const s3 = new S3Client({ ...aws.sdk, forcePathStyle: true });
  for (let file = 0; file < 1010; file += 1) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `many/${file}`, Body: 'x' }));
  }
  const entries = await storeAt(aws.url).at(`s3://${BUCKET}/many`)?.list('');
  expect(new Set(entries?.map(({ name }) => name)).size).toBe(1010);
}, 180_000);

it('takes files of any size and name, in place of earlier ones', async () => {
  const s3 = { endpointUrl: aws.url, credentials };
  const client = new MlflowClient({ baseUrl: 'http://127.0.0.1:1', s3 });
  const uri = `s3://${BUCKET}/taken`;
  for (const sizeBytes of [10, 0, PART_BYTES, 2 * PART_BYTES + 1]) {
    const content = randomBytes(sizeBytes);
    const bytes = Readable.from(piecesOf(content), { objectMode: false });
    await client.uploadArtifact(uri, 'a/ü ♥+&=?.bin', { bytes, sizeBytes });
    expect(bytes.destroyed).toBe(true);
    const source = await client.artifactsAt(uri);
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.open('a/ü ♥+&=?.bin')) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
  }
});

it('leaves what was there, and no part, when a file changes while it is sent', async () => {
  const store = storeAt(aws.url).at(`s3://${BUCKET}/changing`);
  await store?.write('a', { bytes: Readable.from([Buffer.from('old')]), sizeBytes: 3 });
  const bytes = Readable.from(piecesOf(randomBytes(PART_BYTES + 5)), { objectMode: false });
  await expect(store?.write('a', { bytes, sizeBytes: PART_BYTES + 9 })).rejects.toThrow('file changed');
  expect(await store?.list('')).toEqual([{ name: 'a', isFolder: false, sizeBytes: 3 }]);
  const s3 = new S3Client({ ...aws.sdk, forcePathStyle: true });
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  expect(Uploads ?? []).toEqual([]);
});

describe('a file that is not taken', () => {
  const write = (store: S3Store, uri = `s3://${BUCKET}/x`): Promise<void> | undefined =>
    store.at(uri)?.write('a', { bytes: Readable.from([Buffer.from('x')]), sizeBytes: 1 });

  it('tells what to do about a missing bucket', async () => {
    await expect(write(storeAt(aws.url), 's3://no-such-bucket/x')).rejects.toMatchObject({
      code: 'MLFLOW_NOT_FOUND',
      remedy: expect.stringContaining('Make the bucket') as string,
    });
  });

  it('tells which right is missing', async () => {
    const refusing = await serve((_, response) => response.writeHead(403).end());
    await expect(write(storeAt(refusing))).rejects.toMatchObject({
      code: 'ARTIFACT_STORE_REFUSED',
      remedy: expect.stringContaining('s3:PutObject') as string,
    });
  });

  it('tells that nothing is answered', async () => {
    const silent = await serve(() => undefined);
    await expect(write(storeAt(silent, 200))).rejects.toMatchObject({
      code: 'ARTIFACT_STORE_UNREACHABLE',
      message: expect.stringMatching(/s3:\/\/models\/x\/a: nothing came for 200/) as string,
    });
  });
});

it.each([
  ['a bucket', 's3://no-such-bucket/x', 'NoSuchBucket'],
  ['a folder', `s3://${BUCKET}/nothing`, 'is empty or does not exist'],
])('says not found for %s that does not exist', async (_what, uri, message) => {
  await expect(fetchInto('missing', storeAt(aws.url), uri)).rejects.toMatchObject({
    code: 'MLFLOW_NOT_FOUND',
    message: expect.stringContaining(message) as string,
  });
});

it('says that it is refused, without a credential', async () => {
  const url = await serve((_, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  });
  const failure: unknown = await fetchInto('refused', storeAt(url)).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'ARTIFACT_STORE_REFUSED',
    httpStatus: 403,
    message: expect.stringContaining(
      `s3://${BUCKET}/${ROOT}/: HTTP 403 AccessDenied: Access Denied.`,
    ) as string,
    remedy: expect.stringContaining('s3:GetObject') as string,
  });
  expect(String(failure)).not.toContain(credentials.secretAccessKey);
});

it('says that it cannot be reached', async () => {
  await expect(fetchInto('away', storeAt('http://127.0.0.1:1'))).rejects.toMatchObject({
    code: 'ARTIFACT_STORE_UNREACHABLE',
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
});

it('gives up when nothing comes any more, in the middle of a file as well', async () => {
  const url = await serve((request, response) => {
    if (request.url?.includes('list-type')) {
      response.end(
        `<ListBucketResult><Contents><Key>${ROOT}/a</Key><Size>9</Size></Contents></ListBucketResult>`,
      );
    } else {
      response.writeHead(200, { 'content-length': '9' });
      response.write('half');
    }
  });
  await expect(fetchInto('stalled', storeAt(url, 200))).rejects.toMatchObject({
    code: 'ARTIFACT_STORE_UNREACHABLE',
    message: expect.stringContaining('nothing came for 200 ms') as string,
  });
  await expect(readdir(join(scratch, 'stalled'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('ends with the reason of the caller who stops it', async () => {
  const url = await serve(() => undefined);
  const stopper = new AbortController();
  const source = storeAt(url).at(`s3://${BUCKET}/${ROOT}`);
  const listing = source?.list('', stopper.signal);
  stopper.abort(new Error('shutting down'));
  await expect(listing).rejects.toThrow('shutting down');
});
