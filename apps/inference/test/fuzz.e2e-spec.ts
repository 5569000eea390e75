import { trainSampleModel, useTestMlflow } from '@tidegate/testing';
import { Pool } from 'undici';
import { BodyMutator, type FuzzedRequest } from './body-mutator';
import { registerNextVersion } from './execution-models';
import {
  type InferenceUnderTest,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

const DIGITS = uniqueModelName('digits');
const IDENTITY = uniqueModelName('identity');
const LOOKUP = uniqueModelName('lookup');
const SEED = 20_260_101;
const REQUESTS_PER_ROUTE = 1500;
const CONNECTIONS = 8;
const JSON_TYPE = 'application/json';

const zeros = new Array(64).fill(0);
const row = Array.from({ length: 64 }, (_, index) => index % 17);
const tensor = { name: 'input', shape: [1, 64], datatype: 'FP32' };
const binaryHead = JSON.stringify({ inputs: [{ ...tensor, parameters: { binary_data_size: 256 } }] });

/** What is right, to be made wrong; every one is answered with 200. */
const GOOD: Readonly<Record<string, readonly FuzzedRequest[]>> = {
  '/predict': [
    json({ instances: [row] }),
    json({ id: 'my-id', model: DIGITS, instances: [row, zeros, row] }),
    json({
      model: `${IDENTITY}@champion`,
      instances: [
        { count: 7, word: 'tide 🌊' },
        { word: '', count: '-9' },
      ],
    }),
    json({ model: LOOKUP, instances: [3, 0, 9] }),
  ],
  '/invocations': [
    json({ inputs: [row, zeros] }),
    json({ instances: [row] }),
    json({ inputs: [row], params: { a: 1 } }),
  ],
  [`/v2/models/${DIGITS}/infer`]: [
    json({ id: 'a', inputs: [{ ...tensor, data: row }], outputs: [{ name: 'label' }] }),
    json({ inputs: [{ ...tensor, shape: [2, 64], data: [row, zeros] }] }),
    {
      body: Buffer.concat([Buffer.from(binaryHead), Buffer.from(Float32Array.from(row).buffer)]),
      headers: {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(binaryHead.length),
      },
    },
  ],
  [`/v2/models/${IDENTITY}/infer`]: [
    json({
      inputs: [
        { name: 'count', shape: [2, 1], datatype: 'INT64', data: [1, -2] },
        { name: 'word', shape: [2, 1], datatype: 'BYTES', data: ['tide', 'gäte'] },
      ],
    }),
  ],
};

function json(body: unknown): FuzzedRequest {
  return { body: Buffer.from(JSON.stringify(body)), headers: { 'content-type': JSON_TYPE } };
}

describe('garbage', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;
  let pool: Pool;

  beforeAll(async () => {
    await trainSampleModel(mlflow, { modelName: DIGITS });
    await registryScenario(mlflow, 'identity', IDENTITY, 'champion');
    await registerNextVersion(mlflow, 'lookup', LOOKUP);
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${DIGITS}@production,${IDENTITY}@champion,${LOOKUP}@production`,
      MAX_BODY_BYTES: String(16 * 1024 * 1024),
      // Nothing is to be refused for want of room.
      QUEUE_MAX_WAIT_MS: '0',
    });
    await untilReady(app);
    pool = new Pool(app.url, { connections: CONNECTIONS });
  }, 240_000);

  afterAll(async () => {
    await pool.close();
    await app.remove();
  });

  /** The right answers are the same after it as before. */
  const serves = async (): Promise<unknown> => {
    const answers = [];
    for (const path of Object.keys(GOOD)) {
      for (const request of GOOD[path] ?? []) answers.push(await send(path, request));
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(app.logLines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    // The ids of requests without one are made up.
    return answers.map(({ text }) => text.replace(/"id":"[\da-f-]{36}"/, ''));
  };

  const send = async (
    path: string,
    { body, headers }: FuzzedRequest,
  ): Promise<{ status: number; text: string; type: string }> => {
    const answer = await pool.request({ method: 'POST', path, body, headers });
    const { 'content-type': type } = answer.headers;
    return { status: answer.statusCode, text: await answer.body.text(), type: String(type) };
  };

  it.each(Object.keys(GOOD))(
    '%s: mutations of what is right are answered, never with a 5xx',
    async (path) => {
      const before = await serves();
      const mutator = new BodyMutator(GOOD[path] ?? [], SEED);
      const statuses = new Map<number, number>();
      let remaining = REQUESTS_PER_ROUTE;
      const failures: unknown[] = [];

      const clients = Array.from({ length: CONNECTIONS }, async () => {
        while (remaining > 0 && failures.length === 0) {
          remaining -= 1;
          const request = mutator.next();
          const answer = await send(path, request);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          const isSound = answer.status < 500 && (answer.status === 200 || isErrorText(answer.text));
          if (!isSound)
            failures.push({ answer, headers: request.headers, body: request.body.toString('latin1') });
        }
      });
      await Promise.all(clients);

      expect(failures).toEqual([]);
      // A mutator that only made what is refused at the first byte would prove nothing.
      expect(statuses.get(400)).toBeGreaterThan(REQUESTS_PER_ROUTE / 4);
      expect(statuses.get(200)).toBeGreaterThan(REQUESTS_PER_ROUTE / 200);
      expect(await serves()).toEqual(before);
    },
  );

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /expected JSON/],
    ['a byte order mark alone', '\uFEFF', /expected JSON/],
    ['null', 'null', /expected an object with the field instances, got null/],
    ['zeros', Buffer.alloc(1000), /expected JSON/],
    ['text that is not UTF-8', Buffer.from('{"instances":["\xff\xfe"]}', 'latin1'), /expected UTF-8/],
    ['text that is cut within a letter', Buffer.from('{"id":"\xc3"}', 'latin1'), /expected UTF-8/],
    ['arrays 100000 deep', '['.repeat(1e5) + ']'.repeat(1e5), /expected an object/],
    [
      'arrays 100000 deep as an instance',
      `{"instances":[${'['.repeat(1e5)}${']'.repeat(1e5)}]}`,
      /instances\[0\]/,
    ],
    [
      'objects 100000 deep',
      '{"instances":'.repeat(1e5) + '1' + '}'.repeat(1e5),
      /instances: expected an array/,
    ],
    [
      'objects deep within instances',
      `{"instances":[${'{"a":['.repeat(1e5)}${']}'.repeat(1e5)}]}`,
      /instances\[0\]/,
    ],
    ['arrays that do not end', '['.repeat(1e6), /expected JSON/],
    ['__proto__', '{"__proto__":{"instances":[[1]]}}', /unknown field "__proto__"/],
    [
      '__proto__ beside',
      `{"instances":[${JSON.stringify(zeros)}],"__proto__":1}`,
      /unknown field "__proto__"/,
    ],
    ['__proto__ as an instance', '{"instances":[{"__proto__":[1]}]}', /instances\[0\]/],
    ['constructor', '{"constructor":{"prototype":{"a":1}}}', /unknown field "constructor"/],
    ['ten million digits', `{"instances":[[${'9'.repeat(1e7)}]]}`, /instances\[0\]/],
    ['a field with a long name', `{"${'a'.repeat(1e6)}":1}`, /unknown field/],
    [
      '1e400',
      `{"instances":[${JSON.stringify(zeros).replace('0', '1e400')}]}`,
      /instances\[0\]\[0\]: expected a float32/,
    ],
    ['half a surrogate pair as id', '{"id":"\\ud800","instances":[[1]]}', /id: expected/],
    [
      'a million instances',
      `{"instances":[${'1,'.repeat(1e6)}1]}`,
      /instances: expected an array of 1 to 1024/,
    ],
  ])('%s: 400 that says what was expected', async (_what, body, detail) => {
    const request = { ...json(''), body: Buffer.from(body as string) };
    const { status, text, type } = await send('/predict', request);
    expect([status, type]).toEqual([400, 'application/problem+json']);
    const problem = JSON.parse(text) as { code: string; detail: string };
    expect(problem).toMatchObject({ code: 'BODY_INVALID', detail: expect.stringMatching(detail) as string });
    // What came is quoted in part only.
    expect(problem.detail.length).toBeLessThan(500);
    await serves();
  });

  it.each([
    ['/predict', json({ model: LOOKUP, instances: [3, 10] })],
    [
      `/v2/models/${LOOKUP}/infer`,
      json({ inputs: [{ name: 'number', shape: [1], datatype: 'INT64', data: [-11] }] }),
    ],
  ])(
    '%s with a number that the table of the model has not: 400 with what the runtime said',
    async (path, request) => {
      const { status, text } = await send(path, request);
      expect([status, text]).toEqual([
        400,
        expect.stringMatching(/The model failed on these instances.*1[01]/),
      ]);
    },
  );

  it.each([
    ['a byte order mark before it', `\uFEFF{"instances":[${JSON.stringify(row)}]}`],
    ['white space around it', `\n\t {"instances":[${JSON.stringify(row)}]} \r\n`],
    ['a field twice, the last one counts', `{"instances":[[1]],"instances":[${JSON.stringify(row)}]}`],
    ['escapes in its names', `{"inst\\u0061nces":[${JSON.stringify(row)}]}`],
    ['zeros of many digits', `{"instances":[${JSON.stringify(row).replace('0', `0.${'0'.repeat(1e5)}`)}]}`],
  ])('a right body with %s: 200', async (_what, text) => {
    const right = await send('/predict', json({ id: 'a', instances: [row] }));
    const answer = await send('/predict', { ...json(''), body: Buffer.from(text) });
    expect([answer.status, predictionsOf(answer.text)]).toEqual([200, predictionsOf(right.text)]);
  });
});

function predictionsOf(text: string): unknown {
  return (JSON.parse(text) as { predictions: unknown }).predictions;
}

/** Each protocol has its own way, but all are an object that says something. */
function isErrorText(text: string): boolean {
  const { detail, error, message } = JSON.parse(text) as Record<string, unknown>;
  return [detail, error, message].some((said) => typeof said === 'string' && said !== '');
}
