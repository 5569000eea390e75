import { checkOtlpSpans } from './otlp-spans';

const headers = { 'content-type': 'application/x-protobuf', 'x-mlflow-experiment-id': '1' };

function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    Buffer.from([number * 8 + 2, (bytes.length & 0x7f) | 0x80, bytes.length >> 7]),
    bytes,
  ]);
}

/** An export of one span with this attribute. */
function spans(key: string): Buffer {
  const attribute = Buffer.concat([field(1, key), field(2, field(1, '"value"'))]);
  const span = Buffer.concat([field(1, Buffer.alloc(16, 1)), field(5, 'name'), field(9, attribute)]);
  return field(1, Buffer.concat([field(1, ''), field(2, Buffer.concat([field(1, ''), field(2, span)]))]));
}

const problem = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('checkOtlpSpans', () => {
  it.each(['mlflow.spanInputs', 'mlflow.traceTag.team', 'mlflow.artifactLocation'])(
    'lets an attribute %s pass',
    (key) => {
      expect(checkOtlpSpans(spans(key), headers)).toEqual([
        ['experiment_id', '1'],
        ['run_id', ''],
      ]);
    },
  );

  it.each([
    'mlflow.traceTag.mlflow.artifactLocation',
    'mlflow.traceTag.mlflow.trace.archiveLocation',
    'mlflow.traceTag.mlflow.trace.spansLocation',
  ])('refuses %s, which would say where the server reads', (key) => {
    expect(() => checkOtlpSpans(spans(key), headers)).toThrow(problem('VALUE_REFUSED'));
  });

  it('looks at every span', () => {
    const two = Buffer.concat([spans('a'), spans('mlflow.traceTag.mlflow.artifactLocation')]);
    expect(() => checkOtlpSpans(two, headers)).toThrow('attributes.key');
  });

  it.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['compressed spans', { 'content-encoding': 'gzip' }],
    ['spans of no type', { 'content-type': undefined }],
  ])('refuses %s', (_what, other) => {
    expect(() => checkOtlpSpans(spans('a'), { ...headers, ...other })).toThrow(
      problem('UNSUPPORTED_MEDIA_TYPE'),
    );
  });

  it('refuses what is no protobuf, and ids that are none', () => {
    expect(() => checkOtlpSpans(Buffer.from('\n{}'), headers)).toThrow(problem('BODY_INVALID'));
    expect(() => checkOtlpSpans(spans('a'), { ...headers, 'x-mlflow-run-id': '../a' })).toThrow(
      problem('VALUE_REFUSED'),
    );
  });
});
