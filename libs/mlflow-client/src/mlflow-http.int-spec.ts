import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { MLFLOW_REMEDIES } from './mlflow-error';
import { MlflowClient } from './mlflow-client';
import type { MlflowClientOptions } from './mlflow-http';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function clientOf(baseUrl: string, options: Partial<MlflowClientOptions> = {}): MlflowClient {
  const dispatcher = options.dispatcher ?? new Agent();
  closers.unshift(() => dispatcher.destroy());
  return new MlflowClient({ baseUrl, ...options, dispatcher });
}

function urlOf(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return urlOf(server);
}

async function serveTcp(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return urlOf(server);
}

const SEARCH = { method: 'POST', path: '/api/2.0/mlflow/experiments/search', body: {} } as const;

describe('through a gateway with a path prefix', () => {
  it('asks below the prefix with the token, in the one configured place only', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push([request.method, request.url, request.headers.authorization, request.headers['user-agent']]);
      response.end('{"experiments": []}');
    });
    const client = clientOf(`${url}/api/mlflow/`, {
      credentials: { kind: 'bearer', token: 'tg_test_secret' },
      userAgent: 'tidegate-inference/1',
    });
    expect(await client.searchExperiments()).toEqual({ items: [], nextPageToken: undefined });
    expect(seen).toEqual([
      [
        'POST',
        '/api/mlflow/api/2.0/mlflow/experiments/search',
        'Bearer tg_test_secret',
        'tidegate-inference/1',
      ],
    ]);
  });

  it.each(['ftp://mlflow', 'mlflow:5000', 'http://user:secret@mlflow', 'http://mlflow?x=1'])(
    'refuses the base URL %s',
    (baseUrl) => {
      expect(() => new MlflowClient({ baseUrl })).toThrow(TypeError);
    },
  );
});

describe('a server that cannot be used is reported with the failing step', () => {
  const unreachable = (step: string): object => ({ ok: false, error: { code: 'MLFLOW_UNREACHABLE', step } });

  it('dns: the name has no address', async () => {
    const dispatcher = new Agent({
      connect: {
        lookup: (hostname, _options, done) =>
          done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []),
      },
    });
    expect(await clientOf('http://mlflow.internal:5000', { dispatcher }).probe(SEARCH)).toMatchObject(
      unreachable('dns'),
    );
  });

  it('tcp: nobody listens', async () => {
    const url = await serveTcp(() => undefined);
    for (const close of closers.splice(0)) await close();
    expect(await clientOf(url).probe(SEARCH)).toMatchObject(unreachable('tcp'));
  });

  it('tls: the server speaks plain HTTP', async () => {
    const url = await serve((_request, response) => response.end('{}'));
    expect(await clientOf(url.replace('http:', 'https:')).probe(SEARCH)).toMatchObject(unreachable('tls'));
  });

  it('timeout: the server accepts and never answers', async () => {
    const url = await serve(() => undefined);
    expect(await clientOf(url, { timeoutMs: 50 }).probe(SEARCH)).toMatchObject(unreachable('timeout'));
  });

  it('timeout: the answer stops in the middle', async () => {
    const url = await serve((_request, response) => void response.write('{"experiments": ['));
    expect(await clientOf(url, { timeoutMs: 50 }).probe(SEARCH)).toMatchObject(unreachable('timeout'));
  });

  it('http: the connection breaks before the answer', async () => {
    const url = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
    expect(await clientOf(url).probe(SEARCH)).toMatchObject(unreachable('http'));
  });
});

describe('an answer that is not from MLflow', () => {
  it.each([
    ['a page', '<html></html>'],
    ['another shape', '{"experiments": [{"experiment_id": true}]}'],
  ])('%s is a bad response', async (_what, body) => {
    const url = await serve((_request, response) => response.end(body));
    await expect(clientOf(url).searchExperiments()).rejects.toMatchObject({ code: 'MLFLOW_BAD_RESPONSE' });
  });

  it('something that is not HTTP is a bad response', async () => {
    const url = await serveTcp((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
    await expect(clientOf(url).health()).rejects.toMatchObject({ code: 'MLFLOW_BAD_RESPONSE' });
  });

  it('a 404 that does not come from the registry is not a missing alias', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end('<html>no such page</html>'));
    await expect(clientOf(url).getModelVersionByAlias('digits', 'production')).rejects.toMatchObject({
      code: 'MLFLOW_NOT_FOUND',
    });
  });
});

it('reads integers that come as numbers where MLflow 3.17 sends text, and the other way round', async () => {
  const version = { name: 'digits', version: 12, creation_timestamp: '1795230509907', unknown_field: 1 };
  const url = await serve((_request, response) => response.end(JSON.stringify({ model_version: version })));
  expect(await clientOf(url).getModelVersion('digits', '12')).toMatchObject({
    version: '12',
    createdAtMs: 1_795_230_509_907,
  });
});

it('rejects a call with the reason of its signal, not as a failure of MLflow', async () => {
  const stopper = new AbortController();
  const url = await serve(() => stopper.abort(new Error('shutting down')));
  await expect(clientOf(url).searchExperiments({ signal: stopper.signal })).rejects.toThrow('shutting down');
});

describe('a download', () => {
  let scratch: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'mlflow-http-'));
  });
  afterEach(() => rm(scratch, { recursive: true, force: true }));

  /** Lists one file of a million bytes, sends the first part of it, then does `next`. */
  function servePart(next: (response: ServerResponse) => void): Promise<string> {
    return serve((request, response) => {
      if (request.url?.includes('?path=')) {
        response.end('{"files": [{"path": "model.onnx", "is_dir": false, "file_size": "1000000"}]}');
        return;
      }
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(Buffer.alloc(1000), () => next(response));
    });
  }

  it('that breaks off is unreachable and leaves nothing behind', async () => {
    const url = await servePart((response) => response.destroy());
    const download = clientOf(url).downloadFolder('mlflow-artifacts:/1/a', join(scratch, 'm'), {
      maxBytes: 2e6,
    });
    await expect(download).rejects.toMatchObject({ code: 'MLFLOW_UNREACHABLE', step: 'http' });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('that is aborted rejects with the reason and leaves nothing behind', async () => {
    const stopper = new AbortController();
    const url = await servePart(() => stopper.abort(new Error('shutting down')));
    const download = clientOf(url).downloadFolder('mlflow-artifacts:/1/a', join(scratch, 'm'), {
      maxBytes: 2e6,
      signal: stopper.signal,
    });
    await expect(download).rejects.toThrow('shutting down');
    expect(await readdir(scratch)).toEqual([]);
  });

  it('that is aborted between two chunks lets the connection go', async () => {
    const stopper = new AbortController();
    const connection = new EventEmitter();
    const closed = once(connection, 'close');
    const url = await servePart((response) => response.once('close', () => connection.emit('close')));
    const source = await clientOf(url).artifactsAt('mlflow-artifacts:/1/a');
    const file = source.open('model.onnx', stopper.signal);
    const read = async (): Promise<void> => {
      for await (const chunk of file) if (chunk.length > 0) stopper.abort(new Error('shutting down'));
    };
    await expect(read()).rejects.toThrow('shutting down');
    await closed;
  });

  it.each(['gs://bucket/model', 'file:///srv/mlruns/1', '/srv/mlruns/1', 'models:/digits@production'])(
    'from %s is refused with what to do',
    async (uri) => {
      const download = clientOf('http://127.0.0.1:1').downloadFolder(uri, join(scratch, 'm'), {
        maxBytes: 1,
      });
      await expect(download).rejects.toMatchObject({
        code: 'MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED',
        remedy: MLFLOW_REMEDIES.MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED,
      });
    },
  );
});
