import { ProblemError } from '@tidegate/schemas';
import type { TensorSpec } from '../../tensors/tensor';
import { sameNumbers, specVersion } from '../spec-version';
import { isInferPath } from './model-path';
import { OpenInferenceProtocol } from './open-inference-protocol';

const protocol = new OpenInferenceProtocol();
const scores: TensorSpec = { name: 'scores', type: 'float32', shape: [undefined, 2] };
const body = Buffer.from(
  JSON.stringify({
    id: 'mine',
    inputs: [{ name: 'scores', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }],
  }),
);

const version = (...specs: TensorSpec[]) => specVersion(specs, specs);

describe('the paths of inference', () => {
  it.each([
    ['/v2/models/digits/infer', 'digits', undefined],
    ['/v2/models/digits@production/infer', 'digits@production', undefined],
    ['/v2/models/digits%40production/infer', 'digits@production', undefined],
    ['/v2/models/my%20model/versions/3/infer', 'my model', '3'],
  ])('%s names the model', (path, model, asked) => {
    expect(isInferPath(path)).toBe(true);
    const request = protocol.parse({ path, headers: {}, body });
    expect([request.model, request.version]).toEqual([model, asked]);
  });

  it.each([
    '/v2/models/digits',
    '/v2/models//infer',
    '/v2/models/a/b/infer',
    '/v2/models/a/infer/',
    '/predict',
  ])('%s is another one', (path) => expect(isInferPath(path)).toBe(false));

  it('must be percent-encoded rightly', () => {
    expect(() => protocol.parse({ path: '/v2/models/%ff/infer', headers: {}, body })).toThrow(
      'path: expected',
    );
  });
});

describe('garbage', () => {
  const header = JSON.stringify({
    parameters: { binary_data_output: true },
    inputs: [
      { name: 'a', datatype: 'INT64', shape: [2, 2], parameters: { binary_data_size: 32 } },
      { name: 'b', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 14 } },
      { name: 'c', datatype: 'INT64', shape: [2, 1], data: [[9007199254740993], [7]] },
      { name: 'd', datatype: 'BOOL', shape: [2, 0], data: [] },
    ],
  });
  const texts = Buffer.from([2, 0, 0, 0, 97, 98, 4, 0, 0, 0, 99, 100, 101, 102]);
  const whole = Buffer.concat([Buffer.from(header), Buffer.alloc(32), texts]);
  const served = version(
    { name: 'a', type: 'int64', shape: [undefined, 2] },
    { name: 'b', type: 'string', shape: [undefined] },
    { name: 'c', type: 'int64', shape: [undefined, 1] },
    { name: 'd', type: 'bool', shape: [undefined, undefined] },
  );
  const bits = [
    '0',
    '1',
    '-',
    '9e9',
    '"',
    '[',
    ']',
    '{}',
    ',',
    'null',
    '9999999999999999999',
    '\\u0000',
    'true',
  ];

  function damaged(random: () => number): { readonly sent: Buffer; readonly length: string } {
    const sent = Buffer.from(whole);
    const at = (): number => Math.floor(random() * (random() < 0.8 ? header.length : whole.length));
    for (let times = Math.floor(random() * 3); times >= 0; times -= 1) {
      if (random() < 0.5) sent[at()] = Math.floor(random() * 256);
      else sent.write(bits[Math.floor(random() * bits.length)] ?? '', at());
    }
    const end = random() < 0.2 ? at() : sent.length;
    const length = random() < 0.1 ? at() : header.length;
    return { sent: sent.subarray(0, end), length: String(length) };
  }

  it('is told apart from requests without any other error than a 4xx', () => {
    const outcomes = { taken: 0, refused: 0 };
    const random = sameNumbers(7);
    for (let round = 0; round < 5000; round += 1) {
      const { sent, length } = damaged(random);
      try {
        const request = protocol.parse({
          path: '/v2/models/x/infer',
          headers: { 'inference-header-content-length': length },
          body: sent,
        });
        const runs = request.runs(served);
        request.answer([runs[0]?.inputs ?? {}], runs, { id: 'r', version: served, alias: undefined });
        outcomes.taken += 1;
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status >= 500) throw error;
        outcomes.refused += 1;
      }
    }
    expect(outcomes.taken).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });
});

describe('a request for inference', () => {
  const path = '/v2/models/digits/infer';

  it('is one run with its tensors as given, answered in the form it wants', () => {
    const request = protocol.parse({ path, headers: {}, body });
    const served = version(scores);

    const runs = request.runs(served);
    const answer = request.answer(
      runs.map(({ inputs }) => inputs),
      runs,
      { id: 'log-id', version: served, alias: 'production' },
    );

    expect([request.id, request.instances, runs.length, runs[0]?.rows]).toEqual(['mine', 2, 1, 2]);
    expect(JSON.parse(answer.body as string)).toEqual({
      model_name: 'digits',
      model_version: '3',
      id: 'mine',
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }],
    });
  });

  it('gives any id back, but only a plain one to the log', () => {
    const odd = Buffer.from(body.toString().replace('mine', 'ä b'));
    const request = protocol.parse({ path, headers: {}, body: odd });
    const served = version(scores);
    const runs = request.runs(served);
    const { body: answered } = request.answer([runs[0]?.inputs ?? {}], runs, {
      id: 'r',
      version: served,
      alias: '',
    });
    expect(request.id).toBeUndefined();
    expect(JSON.parse(answered as string)).toMatchObject({ id: 'ä b' });
  });

  it('may be the raw data of the only input, and is answered in kind', () => {
    const headers = { 'inference-header-content-length': '0' };
    const raw = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
    const request = protocol.parse({ path, headers, body: raw });
    const served = version(scores);
    const runs = request.runs(served);
    const answer = request.answer([runs[0]?.inputs ?? {}], runs, {
      id: 'r',
      version: served,
      alias: undefined,
    });
    expect(runs[0]?.rows).toBe(2);
    expect((answer.body as Buffer).subarray(-16)).toEqual(raw);
    expect(() => protocol.parse({ path, headers, body: Buffer.alloc(0) })).toThrow('body: expected the data');
  });

  it('counts no more failed instances than it can hold', () => {
    const huge = Buffer.from(body.toString().replace('[2,2]', '[1000000000,2]'));
    expect(protocol.parse({ path, headers: {}, body: huge }).instances).toBe(4);
  });

  it('refuses outputs the model has not before it runs', () => {
    const wanting = Buffer.from(body.toString().replace('"mine"', '"mine","outputs":[{"name":"label"}]'));
    expect(() => protocol.parse({ path, headers: {}, body: wanting }).runs(version(scores))).toThrow(
      'expected an output of the model (scores)',
    );
  });

  it('answers an error as one text that says what to do', () => {
    const problem = new ProblemError('QUEUE_FULL', {
      detail: 'The queue is full.',
      headers: { 'retry-after': '1' },
    });
    const { contentType, headers, body: error } = protocol.errorAnswer(problem, 'request-7');
    expect([contentType, headers]).toEqual(['application/json', { 'retry-after': '1' }]);
    expect(JSON.parse(error as string)).toEqual({
      error: expect.stringMatching(
        /^The queue is full\. \| .*send the request again.* \(QUEUE_FULL, request request-7\)$/,
      ) as string,
    });
  });
});
