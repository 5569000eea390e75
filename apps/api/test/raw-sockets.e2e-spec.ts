import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { lines, RawConnection, useTestPostgres } from '@tidegate/testing';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

const ARTIFACT = '/api/mlflow/api/2.0/mlflow-artifacts/artifacts/raw/file.bin';
const KEY = `X-API-Key: ${keys.all}`;
const MEBIBYTE = Buffer.alloc(1024 * 1024);
const MAX_ARTIFACT_BYTES = MEBIBYTE.length;
/** Linux lets each of the connections hold up to 36 MiB. */
const LARGE_BYTES = 512 * MEBIBYTE.length;

describe('bytes on a connection to the gateway', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let api: ApiUnderTest;
  let connection: RawConnection;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${upstream.port}`,
      MAX_ARTIFACT_BYTES: String(MAX_ARTIFACT_BYTES),
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    await upstream.stop();
  });

  beforeEach(async () => {
    connection = await RawConnection.open(api.url);
    upstream.requests.length = 0;
    upstream.answer = (request, response) => {
      request.resume();
      request.once('end', () => response.end('answered'));
    };
  });

  afterEach(() => connection.destroy());

  const forwarded = (): { url: string; headers: IncomingHttpHeaders }[] =>
    upstream.requests
      .map(({ url = '', headers }) => ({ url, headers }))
      .filter(({ url }) => url.includes('mlflow-artifacts/artifacts/raw'));
  const put = (...headers: string[]): string => lines(`PUT ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY, ...headers);

  describe('that could be read in two ways', () => {
    it.each([
      ['two lengths', put('Content-Length: 5', 'Content-Length: 6') + 'hello'],
      ['the same length twice', put('Content-Length: 5', 'Content-Length: 5') + 'hello'],
      ['a list of lengths', put('Content-Length: 5, 5') + 'hello'],
      ['a signed length', put('Content-Length: +5') + 'hello'],
      ['a length and chunks', put('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
      ['chunks and a length', put('Transfer-Encoding: chunked', 'Content-Length: 5') + '0\r\n\r\n'],
      ['chunks that are not the last coding', put('Transfer-Encoding: chunked, identity') + '0\r\n\r\n'],
      ['a coding nobody knows', put('Transfer-Encoding: xchunked') + '0\r\n\r\n'],
      ['chunks twice', put('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
      ['a folded header', put('X-A: b', ' Content-Length: 5') + 'hello'],
      ['a folded coding', put('Transfer-Encoding:', ' chunked') + '0\r\n\r\n'],
      ['a space before the colon', put('Content-Length : 5') + 'hello'],
      ['line feeds alone', put('Content-Length: 0').replaceAll('\r\n', '\n')],
      ['a line feed alone in the headers', put('X-A: b\nContent-Length: 0')],
      ['a carriage return alone in a value', put('X-A: b\rContent-Length: 5', 'Content-Length: 0')],
      ['NUL in a value', put('X-A: b\0', 'Content-Length: 0')],
      ['a space in the target', put('Content-Length: 0').replace('file.bin', 'file bin')],
      ['something else altogether', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ])('are refused: %s', async (_what, bytes) => {
      const smuggled = lines(`GET ${ARTIFACT}?smuggled=1 HTTP/1.1`, 'Host: a', KEY);
      const answer = await connection.send(bytes + smuggled).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
      expect(forwarded()).toEqual([]);
    });

    it.each([
      ['a coding around the chunks', put('Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
      ['chunks in HTTP/1.0', put('Transfer-Encoding: chunked').replace('HTTP/1.1', 'HTTP/1.0') + '0\r\n\r\n'],
      ['two hosts', put('Host: b', 'Content-Length: 0')],
      ['a version that is spoken in another way', put('Content-Length: 0').replace('HTTP/1.1', 'HTTP/2.0')],
      ['a fragment in the target', put('Content-Length: 0').replace('file.bin', 'file.bin#a')],
    ])('are refused although the parser takes them: %s', async (_what, bytes) => {
      const answer = await connection.send(bytes).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"REQUEST_INVALID"/s);
      expect(forwarded()).toEqual([]);
    });

    it.each([
      ['a size that is no number', '5 x\r\nhello\r\n0\r\n\r\n'],
      ['a line feed alone after the size', '5\nhello\r\n0\r\n\r\n'],
      ['more bytes than the size says', '5\r\nhelloX0\r\n\r\n'],
    ])('are refused in the middle of an upload: %s', async (_what, chunks) => {
      const answer = await connection.send(put('Transfer-Encoding: chunked') + chunks).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    });

    it('are refused when they name no host', async () => {
      const answer = await connection.send(lines(`GET ${ARTIFACT} HTTP/1.1`, KEY)).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(forwarded()).toEqual([]);
    });

    it('get a problem with a code', async () => {
      const answer = await connection.send(put('Content-Length: 5', 'Content-Length: 6')).untilClosed();
      expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/);
      expect(answer).toMatch(/"code":"REQUEST_INVALID"/);
      expect(answer).toMatch(/\r\nx-request-id: [0-9a-f-]{36}\r\n/);
    });
  });

  describe('of an unusual request', () => {
    it('are 431 when there are too many headers', async () => {
      const answer = await connection.send(put(`X-A: ${'a'.repeat(20_000)}`)).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 431 .*"code":"HEADERS_TOO_LARGE"/s);
    });

    it.each([
      ['another server as the target', `GET http://evil.example${ARTIFACT} HTTP/1.1`],
      ['the server as a whole', 'OPTIONS * HTTP/1.1'],
      ['TRACE', `TRACE ${ARTIFACT} HTTP/1.1`],
    ])('are 404: %s', async (_what, start) => {
      const answer = await connection.send(lines(start, 'Host: a', KEY, 'Connection: close')).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(forwarded()).toEqual([]);
    });

    it('find the connection closed after CONNECT', async () => {
      expect(await connection.send(lines('CONNECT a:443 HTTP/1.1', 'Host: a', KEY)).untilClosed()).toBe('');
    });

    it('are answered as HTTP/1.1 when they ask for another protocol', async () => {
      const headers = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
      const answer = await connection
        .send(lines(`GET ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY, ...headers))
        .until(/answered/);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      const [seen] = forwarded();
      expect([seen?.headers.upgrade, seen?.headers['http2-settings']]).toEqual([undefined, undefined]);
    });

    it('may follow each other without waiting, and are answered in order', async () => {
      upstream.answer = ({ url = '' }, response) =>
        void setTimeout(() => response.end(`<${url.slice(-1)}>`), url.endsWith('1') ? 50 : 0);
      const get = (n: number): string => lines(`GET ${ARTIFACT}?n=${n} HTTP/1.1`, 'Host: a', KEY);
      expect(await connection.send(get(1) + get(2) + get(3)).until(/<3>/)).toMatch(/<1>.*<2>.*<3>/s);
    });
  });

  describe('of an upload', () => {
    it('arrive by Content-Length and by chunks, with extensions and trailers dropped', async () => {
      const bodies: string[] = [];
      upstream.answer = (request, response) =>
        void bodyOf(request).then((body) => {
          bodies.push(body.toString());
          response.end(`stored ${bodies.length}`);
        });
      await connection.send(put('Content-Length: 5') + 'hello').until(/stored 1/);
      const chunks = '5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Trailer: a\r\n\r\n';
      await connection.send(put('Transfer-Encoding: chunked') + chunks).until(/stored 2/);
      expect(bodies).toEqual(['hello', 'hello!']);
    });

    it('reach an upstream that learns of it when the caller leaves in the middle', async () => {
      const cut = new Promise<boolean>((resolve) => {
        upstream.answer = (request) => {
          request.once('data', () => connection.destroy());
          request.once('close', () => resolve(request.complete));
        };
      });
      connection.send(put('Content-Length: 100000') + 'the beginning');
      expect(await cut).toBe(false);
    });

    it.each([
      ['is whole', 5],
      ['is not', 100_000],
    ])('whose connection is half closed are given up, whether the upload %s', async (_what, length) => {
      const isCut = new Promise<void>((resolve) => {
        upstream.answer = (request) => {
          request.once('data', () => connection.socket.end());
          request.socket.once('close', () => resolve());
        };
      });
      connection.send(put(`Content-Length: ${length}`) + 'hello');
      await isCut;
    });

    it.each([
      ['announced', [`Content-Length: ${MAX_ARTIFACT_BYTES + 1}`], ''],
      [
        'found out while it comes in chunks',
        ['Transfer-Encoding: chunked'],
        `${(MAX_ARTIFACT_BYTES + 1).toString(16)}\r\n${'a'.repeat(MAX_ARTIFACT_BYTES + 1)}\r\n0\r\n\r\n`,
      ],
    ])('are 413 when they are too large, %s', async (_how, headers, body) => {
      const answer = await connection.send(put(...headers) + body).until(/"requestId"/);
      expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"BODY_TOO_LARGE"/s);
    });

    it('are 413 on a JSON route as well, when it shows while they come', async () => {
      const size = 4 * MEBIBYTE.length + 1;
      connection.send(
        lines('POST /api/mlflow/runs/search HTTP/1.1', 'Host: a', KEY, 'Transfer-Encoding: chunked') +
          `${size.toString(16)}\r\n${' '.repeat(size)}\r\n0\r\n\r\n`,
      );
      expect(await connection.until(/"requestId"/)).toMatch(/^HTTP\/1\.1 413 .*"code":"BODY_TOO_LARGE"/s);
    });

    it('go on after an early answer of the upstream, and so does the connection', async () => {
      upstream.answer = (_request, response) => response.writeHead(409).end('early');
      const half = 'a'.repeat(200_000);
      connection.send(put('Content-Length: 400000') + half);
      expect(await connection.until(/early/)).toMatch(/^HTTP\/1\.1 409 /);
      upstream.answer = (_request, response) => response.end('next');
      connection.send(half + lines(`GET ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY));
      expect(await connection.until(/next/)).toMatch(/HTTP\/1\.1 200 /);
    });

    it('are dropped when the key is refused, and the connection goes on', async () => {
      const refused = put('Content-Length: 400000').replace(keys.all, 'wrong') + 'a'.repeat(400_000);
      connection.send(refused + lines(`GET ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY));
      expect(await connection.until(/answered/)).toMatch(/^HTTP\/1\.1 401 .*HTTP\/1\.1 200 /s);
    });
  });

  describe('of an upload that waits to be let', () => {
    const waiting = put('Content-Length: 5', 'Expect: 100-continue');

    it('come once the upstream takes them', async () => {
      await connection.send(waiting).until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
      expect(await connection.send('hello').until(/answered/)).toMatch(/\r\n\r\nHTTP\/1\.1 200 /);
      expect(forwarded()[0]?.headers['expect']).toBeUndefined();
    });

    it('never come when the request is refused', async () => {
      const answer = await connection.send(waiting.replace(keys.all, 'wrong')).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    });

    it('come for the routes of the gateway itself as well', async () => {
      const create = lines('POST /nowhere HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Expect: 100-continue');
      await connection.send(create).until(/^HTTP\/1\.1 100 Continue/);
      await connection.send('{}').until(/HTTP\/1\.1 404 /);
    });

    it('are refused with 417 when they wait for something else', async () => {
      const answer = await connection.send(waiting.replace('100-continue', 'a-miracle')).until(/\r\n\r\n/);
      expect(answer).toMatch(/^HTTP\/1\.1 417 /);
    });

    it('are sent by curl', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-curl-'));
      const file = path.join(folder, 'upload.bin');
      await writeFile(file, MEBIBYTE);
      let received = 0;
      upstream.answer = (request, response) =>
        void bodyOf(request).then((body) => {
          received = body.length;
          response.end('stored');
        });
      const options = ['-sSv', '-H', 'Expect: 100-continue', '-H', KEY, '-T', file];
      const { stdout, stderr } = await promisify(execFile)('curl', [...options, api.url + ARTIFACT]);
      await rm(folder, { recursive: true });
      expect([stdout, received]).toEqual(['stored', MEBIBYTE.length]);
      expect(stderr).toMatch(/< HTTP\/1\.1 100 Continue/);
    });
  });

  describe('of an answer', () => {
    const get = lines(`GET ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY);

    it.each([204, 304])('end after the headers for %d', async (status) => {
      upstream.answer = (_request, response) => response.writeHead(status, { etag: '"a"' }).end();
      await connection.send(get).until(/\r\n\r\n/);
      upstream.answer = (_request, response) => response.end('the next one');
      expect(await connection.send(get).until(/the next one/)).toMatch(
        new RegExp(`^HTTP/1\\.1 ${status} [^\\r]*\\r\\n([^\\r]+\\r\\n)*\\r\\nHTTP/1\\.1 200 `),
      );
    });

    it('keep ranges and encodings as they are', async () => {
      const headers = { 'content-range': 'bytes 0-3/9', 'content-encoding': 'gzip', 'content-length': '4' };
      upstream.answer = (_request, response) =>
        response.writeHead(206, headers).end('\x1f\x8b\b\0', 'latin1');
      const answer = await connection.send(get).until(/\x1f\x8b\x08\0/);
      expect(answer).toMatch(/^HTTP\/1\.1 206 /);
      for (const [name, value] of Object.entries(headers))
        expect(answer).toContain(`\r\n${name}: ${value}\r\n`);
    });

    it('keep bytes beyond ASCII in a header', async () => {
      const disposition = Buffer.from('attachment; filename="ü.bin"').toString('latin1');
      upstream.answer = (_request, response) =>
        response.writeHead(200, { 'content-disposition': disposition }).end('sent');
      expect(await connection.send(get).until(/sent/)).toContain(`content-disposition: ${disposition}\r\n`);
    });

    it('end at the upstream when the caller leaves in the middle', async () => {
      const left = new Promise<void>((resolve) => {
        upstream.answer = (_request, response) => {
          response.writeHead(200).write('a'.repeat(1_000_000));
          response.once('close', resolve);
        };
      });
      await connection.send(get).until(/aaaa/);
      connection.destroy();
      await left;
    });
  });
});

describe('more bytes than every buffer on the way can hold', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let api: ApiUnderTest;
  let connection: RawConnection;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${upstream.port}`,
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    await upstream.stop();
  });

  beforeEach(async () => {
    connection = await RawConnection.open(api.url);
  });

  afterEach(() => connection.destroy());

  it('come down at the pace of the caller', async () => {
    let written = 0;
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': LARGE_BYTES });
      const more = (): void => {
        while (written < LARGE_BYTES && response.write(MEBIBYTE)) written += MEBIBYTE.length;
        written += MEBIBYTE.length;
      };
      response.on('drain', more);
      more();
    };
    connection.socket.pause();
    connection.send(lines(`GET ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY));
    expect(await settled(() => written)).toBeLessThan(LARGE_BYTES / 2);
  });

  it('come up at the pace of the upstream', async () => {
    const arrived = new Promise<IncomingMessage>((resolve) => {
      upstream.answer = (request) => resolve(request.pause());
    });
    let written = 0;
    connection.send(lines(`PUT ${ARTIFACT} HTTP/1.1`, 'Host: a', KEY, `Content-Length: ${LARGE_BYTES}`));
    // A chunk counts when it has left this process.
    const more = (): boolean =>
      connection.socket.write(MEBIBYTE, (error) => error ?? ((written += MEBIBYTE.length), more()));
    more();
    expect(await settled(() => written)).toBeLessThan(LARGE_BYTES / 2);
    (await arrived).destroy();
  });
});

/** Waits until the value stands still. */
async function settled(value: () => number): Promise<number> {
  for (let before = -1; before !== value() || before === 0;) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return value();
}
