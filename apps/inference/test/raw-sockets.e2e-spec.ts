import { lines, RawConnection, trainSampleModel, useTestMlflow } from '@tidegate/testing';
import {
  get,
  type InferenceUnderTest,
  startInferenceUnderTest,
  uniqueModelName,
  untilReady,
} from './inference-under-test';

jest.setTimeout(60_000);

const MODEL = uniqueModelName('digits');
const MAX_BODY_BYTES = 4096;
const MAX_INFLIGHT_BYTES = 3 * MAX_BODY_BYTES;
const MEBIBYTE = 1024 * 1024;
const ZEROS = JSON.stringify(new Array(64).fill(0));
const BODY = `{"instances":[${ZEROS}]}`;
const JSON_TYPE = 'Content-Type: application/json';

function head(...headers: readonly string[]): string {
  return lines('POST /predict HTTP/1.1', 'Host: a', ...headers);
}

function post(body: string, ...headers: readonly string[]): string {
  return head(JSON_TYPE, `Content-Length: ${Buffer.byteLength(body)}`, ...headers) + body;
}

describe('bytes on a connection to the inference app', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;
  let connection: RawConnection;

  beforeAll(async () => {
    await trainSampleModel(mlflow, { modelName: MODEL });
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${MODEL}@production`,
      MAX_BODY_BYTES: String(MAX_BODY_BYTES),
      MAX_INFLIGHT_BYTES: String(MAX_INFLIGHT_BYTES),
      BODY_TIMEOUT_MS: '3000',
    });
    await untilReady(app);
  }, 240_000);

  afterAll(() => app.remove());

  beforeEach(async () => {
    connection = await RawConnection.open(app.url);
  });

  afterEach(async () => {
    connection.destroy();
    // Whatever a connection did, others are served.
    const another = (await RawConnection.open(app.url)).send(post(BODY));
    await another.until(/200 OK[^]*"predictions":\[{"label":\d/);
    another.destroy();
    expect(app.logLines.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
  });

  const isUsable = async (): Promise<void> => {
    connection.received = '';
    await connection.send(post(`{"id":"again","instances":[${ZEROS}]}`)).until(/200 OK[^]*"id":"again"/);
  };

  describe('that are a request', () => {
    it('may come byte by byte', async () => {
      connection.socket.setNoDelay(true);
      for (const byte of post(BODY)) {
        connection.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await connection.until(/200 OK[^]*"label"/);
    });

    it('may come in chunks, with a trailer', async () => {
      const chunks = [BODY.slice(0, 9), BODY.slice(9)].map(
        (each) => `${each.length.toString(16)}\r\n${each}\r\n`,
      );
      connection.send(head(JSON_TYPE, 'Transfer-Encoding: chunked') + chunks.join(''));
      await connection.send(`0\r\nX-Trailer: a\r\n\r\n`).until(/200 OK[^]*"label"/);
      await isUsable();
    });

    it('may come before the answer to the one before, and are answered in order', async () => {
      const ids = ['one', 'two', 'three', 'four'];
      const requests = ids.map((id) => post(`{"id":"${id}","instances":[${id === 'two' ? '1' : ZEROS}]}`));
      connection.send(requests.join(''));
      const text = await connection.until(/"id":"four"/);
      expect(text.match(/HTTP\/1.1 \d+|"id":"\w+"/g)).toEqual([
        ...['HTTP/1.1 200', '"id":"one"', 'HTTP/1.1 400'],
        ...['HTTP/1.1 200', '"id":"three"', 'HTTP/1.1 200', '"id":"four"'],
      ]);
    });

    it('are answered once for HTTP/1.0', async () => {
      connection.send(post(BODY).replace('HTTP/1.1', 'HTTP/1.0'));
      const text = await connection.untilClosed();
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"label"/i);
    });

    it('are answered as ever when they ask for another protocol', async () => {
      connection.send(post(BODY, 'Connection: Upgrade', 'Upgrade: h2c'));
      await connection.until(/200 OK[^]*"label"/);
    });

    it('carry a request id that comes back, unless it could do harm in a log', async () => {
      connection.send(post(BODY, 'X-Request-Id: from.the-caller_1'));
      await connection.until(/x-request-id: from.the-caller_1\r\n[^]*"id":"from.the-caller_1"/);
      connection.send(post(BODY, 'X-Request-Id: a b"}'));
      const text = await connection.until(/from.the-caller_1"[^]*200 OK[^]*"label"/);
      expect(text).toMatch(/x-request-id: [\da-f-]{36}\r\n/);
      expect(text).not.toContain('a b"}');
    });
  });

  describe('that are refused', () => {
    it.each([
      ['GET', 405],
      ['PUT', 405],
      ['PATCH', 405],
      ['DELETE', 405],
      ['OPTIONS', 405],
    ])('%s: %i, and the connection goes on', async (method, status) => {
      connection.send(post(BODY).replace('POST', method));
      const text = await connection.until(/"code":"[A-Z_]+"/);
      expect(text).toContain(`HTTP/1.1 ${status} `);
      expect(text).toContain('allow: POST\r\n');
      expect(text).toContain('content-type: application/problem+json\r\n');
      await isUsable();
    });

    it('HEAD: 405 without a body', async () => {
      connection.send(lines('HEAD /predict HTTP/1.1', 'Host: a'));
      expect(await connection.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 405 [^]*\r\n\r\n$/);
      await isUsable();
    });

    it.each(['/predict/', '//predict', '/%70redict', '/predict%00', '/predict;a', '/PREDICT', '/predict/..'])(
      'POST %s: 404',
      async (path) => {
        connection.send(post(BODY).replace('/predict', path));
        await connection.until(/^HTTP\/1.1 404 [^]*application\/problem\+json[^]*"code":"NOT_FOUND"/);
      },
    );

    it('a query says nothing', async () => {
      connection.send(post(BODY).replace('/predict', '/predict?model=other&x'));
      await connection.until(/^HTTP\/1.1 200 /);
    });

    it.each([
      ['no type', post(BODY).replace(`${JSON_TYPE}\r\n`, '')],
      ['another type', post(BODY).replace('application/json', 'text/plain')],
      ['a form', post(BODY).replace('application/json', 'multipart/form-data; boundary=a')],
      ['a compressed body', post(BODY, 'Content-Encoding: gzip')],
    ])('%s: 415, and the connection goes on', async (_what, request) => {
      connection.send(request);
      await connection.until(/^HTTP\/1.1 415 [^]*"code":"UNSUPPORTED_MEDIA_TYPE"/);
      await isUsable();
    });

    it('says that it takes no compressed bodies', async () => {
      connection.send(post(BODY, 'Content-Encoding: br'));
      expect(await connection.until(/"requestId"/)).toContain('accept-encoding: identity\r\n');
      connection.send(post(BODY, 'Content-Encoding: identity'));
      await connection.until(/200 OK/);
    });

    it.each([
      ['two lengths', head(JSON_TYPE, 'Content-Length: 5', 'Content-Length: 6') + 'hello'],
      ['the same length twice', head(JSON_TYPE, 'Content-Length: 5', 'Content-Length: 5') + 'hello'],
      ['a length and chunks', head('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
      ['an unknown transfer coding', head('Transfer-Encoding: chunked, gzip') + '0\r\n\r\n'],
      ['a length that is none', head('Content-Length: 5a') + 'hello'],
      ['a negative length', head('Content-Length: -1') + 'hello'],
      ['a chunk length that is none', head('Transfer-Encoding: chunked') + 'zz\r\nhello\r\n'],
      ['a folded header', lines('POST /predict HTTP/1.1', 'Host: a', 'Content-Length:', ' 5') + 'hello'],
      [
        'a space before the colon',
        lines('POST /predict HTTP/1.1', 'Host: a', 'Content-Length : 5') + 'hello',
      ],
      ['no host', lines('POST /predict HTTP/1.1', 'Content-Length: 0')],
      ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ])('%s: 400, and the connection ends', async (_what, bytes) => {
      connection.send(bytes + post(BODY));
      const text = await connection.untilClosed();
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    });
  });

  describe('that are too many', () => {
    it.each([
      ['announced', () => head(JSON_TYPE, `Content-Length: ${64 * MEBIBYTE}`), ''],
      ['in chunks', () => head(JSON_TYPE, 'Transfer-Encoding: chunked'), '100000\r\n'],
    ])('%s: who sends all of it before it reads finds the 413', async (_what, makeHead, chunkHead) => {
      connection.socket.pause();
      connection.send(makeHead());
      const chunk = chunkHead + 'a'.repeat(MEBIBYTE) + (chunkHead && '\r\n');
      for (let count = 0; count < 64; count += 1) {
        if (!connection.socket.write(chunk)) {
          await new Promise((resolve) => connection.socket.once('drain', resolve));
        }
      }
      if (chunkHead !== '') connection.send('0\r\n\r\n');
      connection.socket.resume();
      const text = await connection.untilClosed();
      expect(text).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*"code":"BODY_TOO_LARGE"/);
      expect(text).toContain(`larger than ${MAX_BODY_BYTES} bytes (MAX_BODY_BYTES)`);
    });

    it('announced: the answer does not wait for the body', async () => {
      connection.send(head(JSON_TYPE, `Content-Length: ${MAX_BODY_BYTES + 1}`));
      await connection.until(/^HTTP\/1.1 413 [^]*"requestId":"[^"]+"}/);
    });

    it('are not too many up to the limit', async () => {
      const body = BODY.padEnd(MAX_BODY_BYTES);
      await connection.send(post(body)).until(/^HTTP\/1.1 200 /);
      connection.received = '';
      await connection.send(post(`${body} `)).until(/^HTTP\/1.1 413 /);
    });
  });

  describe('that are announced by Expect: 100-continue', () => {
    it('come when they are asked for', async () => {
      const expecting = post('', 'Expect: 100-continue').replace('Length: 0', `Length: ${BODY.length}`);
      await connection.send(expecting).until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
      await connection.send(BODY).until(/200 OK[^]*"label"/);
      await isUsable();
    });

    it.each([
      ['too large', /413/, head(JSON_TYPE, `Content-Length: ${MEBIBYTE}`, 'Expect: 100-continue')],
      ['compressed', /415/, head('Content-Encoding: gzip', 'Content-Length: 9', 'Expect: 100-continue')],
    ])('are not asked for when they are refused: %s', async (_what, status, bytes) => {
      const text = await connection.send(bytes).until(/"requestId":"[^"]+"}/);
      expect(text).toMatch(status);
      expect(text).not.toContain('100 Continue');
    });

    it('are asked for on other routes as ever', async () => {
      connection.send(
        lines('POST /nowhere HTTP/1.1', 'Host: a', 'Content-Length: 2', 'Expect: 100-continue'),
      );
      await connection.until(/^HTTP\/1.1 100 Continue/);
      await connection.send('{}').until(/ 404 /);
    });
  });

  describe('that do not come', () => {
    it('a body that trickles is refused with 408', async () => {
      connection.send(head(JSON_TYPE, 'Content-Length: 1000'));
      const trickle = setInterval(() => connection.send(' '), 20);
      const text = await connection.until(/"requestId":"[^"]+"}/).finally(() => clearInterval(trickle));
      expect(text).toMatch(/^HTTP\/1.1 408 [^]*connection: close[^]*"code":"REQUEST_TIMEOUT"/);
      expect(text).toMatch(/only \d+ bytes came within 3000 ms/);
    });

    it('bodies that nobody ends hold a bounded memory: others are told to come again, until they are gone', async () => {
      const began = head(JSON_TYPE, `Content-Length: ${MAX_BODY_BYTES}`) + ' '.repeat(MAX_BODY_BYTES - 1);
      let holders: RawConnection[] = [];
      for (;;) {
        holders = await Promise.all([1, 2, 3].map(() => RawConnection.open(app.url)));
        for (const holder of holders) holder.send(began);
        await get(app, '/live');
        connection.received = '';
        const text = await connection.send(post(BODY)).until(/"requestId":"[^"]+"}|"predictions"[^]*}$/);
        if (!text.includes('"predictions"')) {
          expect(text).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 1[^]*"code":"OVERLOADED"/);
          expect(text).toContain(`Bodies of ${MAX_INFLIGHT_BYTES} bytes (MAX_INFLIGHT_BYTES)`);
          break;
        }
        // It came before the last of them, which then found no room: once more.
        for (const holder of holders) holder.destroy();
      }
      for (const holder of holders) holder.destroy();
      for (let status = ''; status !== '200';) {
        const next = (await RawConnection.open(app.url)).send(post(BODY));
        [, status = ''] = /^HTTP\/1.1 (\d+)/.exec(await next.until(/}$/)) ?? [];
        next.destroy();
      }
    });

    it('a body that ends in the middle is given up', async () => {
      connection.send(head(JSON_TYPE, 'Content-Length: 1000') + BODY);
      connection.socket.resetAndDestroy();
      await connection.untilClosed();
    });

    it('who closes its side has left: no answer, no harm', async () => {
      connection.socket.end(post(BODY));
      expect(await connection.untilClosed()).not.toMatch(/ 5\d\d /);
    });
  });

  it('counts what was answered and what was refused', async () => {
    const counted = async (name: string): Promise<number> => {
      const text = await (await fetch(`${app.url}/metrics`)).text();
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1] ?? 0,
      );
    };
    const names = [
      `inference_predictions_total{model="${MODEL}"}`,
      `inference_errors_total{model="${MODEL}"}`,
      'http_request_duration_seconds_count{method="POST",route="/predict",status="2xx"}',
      'http_request_duration_seconds_count{method="POST",route="/predict",status="4xx"}',
    ];
    const before = await Promise.all(names.map(counted));

    const three = `{"instances":[${ZEROS},${ZEROS},${ZEROS}]}`;
    const bad = `{"id":"bad","instances":[${ZEROS},1]}`;
    connection.send(post(three) + post(bad) + post('{') + post(BODY) + post(BODY, 'Content-Encoding: gzip'));
    await connection.until(/"UNSUPPORTED_MEDIA_TYPE"/);

    const after = await Promise.all(names.map(counted));
    // Of the body that is no JSON nobody knows how many instances it has; the compressed one was not read.
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([4, 3, 2, 3]);
    const health = (await get(app, '/health')).body;
    expect([health.prediction_count, health.error_count]).toEqual([after[0], after[1]]);
  });
});

describe('an inference app with an internal token', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;

  afterEach(() => app.remove());

  it('refuses predictions without it before it reads them, and goes on with the connection', async () => {
    // MLflow has no such model: a request that is let in is told so.
    app = await startInferenceUnderTest(mlflow, {
      MODELS: 'none@production',
      INTERNAL_TOKEN: 'a token of the services',
    });
    const connection = await RawConnection.open(app.url);
    for (const header of ['A: b', 'X-Tidegate-Internal-Token: a token of the service']) {
      connection.received = '';
      const text = await connection.send(post(BODY, header)).until(/"requestId":"[^"]+"}/);
      expect(text).toMatch(/^HTTP\/1.1 401 [^]*"code":"INTERNAL_TOKEN_REQUIRED"/);
      expect(text).not.toContain('connection: close');
    }
    connection.received = '';
    connection.send(post(BODY, 'X-Tidegate-Internal-Token: a token of the services'));
    await connection.until(/^HTTP\/1.1 503 [^]*retry-after: 5[^]*"code":"MODEL_NOT_LOADED"/);
    connection.destroy();
  });
});
