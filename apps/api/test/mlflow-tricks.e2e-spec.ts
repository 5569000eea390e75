import { randomBytes } from 'node:crypto';
import { useMlflowBehindGateway, type SentRequest } from './mlflow-behind-gateway';

const API = 'api/2.0/mlflow';
const API_3 = 'api/3.0/mlflow';
const FILES = 'api/2.0/mlflow-artifacts';
const UNIQUE = randomBytes(4).toString('hex');
/** Of a run that does not exist: what is refused here must not even be looked for. */
const RUN = '0123456789abcdef0123456789abcdef';

type Trick = readonly [name: string, request: SentRequest];

const get = (path: string): SentRequest => ({ method: 'GET', path });
const post = (path: string, body: object | string | Buffer): SentRequest => ({
  method: 'POST',
  path: `${API}/${path}`,
  body,
});
const source = (uri: string): SentRequest =>
  post('model-versions/create', { name: 'm', source: uri, run_id: RUN });
const location = (uri: string): SentRequest =>
  post('experiments/create', { name: `e-${UNIQUE}`, artifact_location: uri });
const tag = (key: string): SentRequest => ({
  method: 'PATCH',
  path: `${API_3}/traces/tr-1/tags`,
  body: { key, value: 'file:///etc' },
});

/** Refused with VALUE_REFUSED. Many were published as vulnerabilities of MLflow; each is kept out here, mended there or not. */
const VALUES: readonly Trick[] = [
  ['climbing in a listed path', get(`${API}/artifacts/list?run_id=${RUN}&path=../../etc`)],
  ['climbing in an escaped path', get(`${API}/artifacts/list?run_id=${RUN}&path=%2e%2e%2f%2e%2e%2fetc`)],
  ['climbing in a path escaped twice', get(`${API}/artifacts/list?run_id=${RUN}&path=%252e%252e%252fetc`)],
  [
    'climbing in a path escaped five times',
    get(`${API}/artifacts/list?run_id=${RUN}&path=%252525252e%252525252e`),
  ],
  ['climbing in the second of two paths', get(`${API}/artifacts/list?run_id=${RUN}&path=a&path=../etc`)],
  ['climbing by backslash', get(`${API}/artifacts/list?run_id=${RUN}&path=..%5c..%5cetc`)],
  ['an absolute path', get(`${API}/artifacts/list?run_id=${RUN}&path=/etc/passwd`)],
  ['a drive letter', get(`${API}/artifacts/list?run_id=${RUN}&path=C:/Windows`)],
  ['a file URI as path', get(`${API}/artifacts/list?run_id=${RUN}&path=file:///etc`)],
  ['a fragment in a path', get(`${API}/artifacts/list?run_id=${RUN}&path=a%23/../etc`)],
  ['NUL in a path', get(`${API}/artifacts/list?run_id=${RUN}&path=a%00.png`)],
  ['a line feed in a path', get(`${API}/artifacts/list?run_id=${RUN}&path=a%0ab`)],
  ['bytes that are not UTF-8', get(`${API}/artifacts/list?run_id=${RUN}&path=%c0%ae%c0%ae/etc`)],
  ['a run id that climbs', get(`${API}/runs/get?run_id=..%2f..%2fetc`)],
  ['a run id that climbs by its old name', get(`${API}/runs/get?run_id=${RUN}&run_uuid=../etc`)],
  [
    'a listed folder of a model that climbs',
    get(`${API}/logged-models/m-1/artifacts/directories?artifact_directory_path=../..`),
  ],
  ['climbing among proxied artifacts', get(`${FILES}/artifacts?path=../../`)],
  ['reading above the artifacts', get(`${FILES}/artifacts/%2e%2e/%2e%2e/etc/passwd`)],
  ['reading above the artifacts, escaped twice', get(`${FILES}/artifacts/%252e%252e/%252e%252e/etc/passwd`)],
  ['reading above the artifacts by backslash', get(`${FILES}/artifacts/..%5c..%5cetc%5cpasswd`)],
  ['reading an absolute path', get(`${FILES}/artifacts//etc/passwd`)],
  ['reading an escaped absolute path', get(`${FILES}/artifacts/%2fetc/passwd`)],
  ['writing above the artifacts', { method: 'PUT', path: `${FILES}/artifacts/%2e%2e/a`, body: 'x' }],
  ['writing on another drive', { method: 'PUT', path: `${FILES}/artifacts/C:/a`, body: 'x' }],
  ['deleting above the artifacts', { method: 'DELETE', path: `${FILES}/artifacts/a%2f..%2f..` }],
  [
    'deleting above the artifacts, escaped twice',
    { method: 'DELETE', path: `${FILES}/artifacts/a%252f..%252f..` },
  ],
  ['a signed address above the artifacts', get(`${FILES}/presigned/%2e%2e/a`)],
  [
    'a multi-part upload above the artifacts',
    { method: 'POST', path: `${FILES}/mpu/create/%2e%2e`, body: { path: 'a' } },
  ],
  [
    'a multi-part upload of a climbing file',
    { method: 'POST', path: `${FILES}/mpu/create/a`, body: { path: '../..' } },
  ],

  ['experiments in a folder of the server', location('/etc')],
  ['experiments in a relative folder', location('../etc')],
  ['experiments at a file URI', location('file:///etc')],
  ['experiments in a foreign bucket', location('s3://bucket/a')],
  ['experiments at a web address', location('http://169.254.169.254/a')],
  ['experiments behind a fragment', location('mlflow-artifacts:/a#/../../etc')],
  ['experiments behind a query', location('mlflow-artifacts:/a?/../../etc')],
  ['experiments behind parameters', location('mlflow-artifacts:/a;/../../etc')],
  ['experiments above the artifacts', location('mlflow-artifacts:/../../etc')],
  ['experiments above the artifacts, escaped', location('mlflow-artifacts:/%2e%2e/%2e%2e/etc')],
  ['experiments on another host', location('mlflow-artifacts://user@host/a')],
  [
    'experiments at a file URI by the other name',
    post('experiments/create', { name: 'e', artifactLocation: 'file:///' }),
  ],

  ['a version from a folder of the server', source('/etc/')],
  ['a version from a file URI', source('file:///etc')],
  ['a version from a file URI with a host', source('file://localhost/etc')],
  ['a version from an upper-case scheme', source('FILE:///etc')],
  ['a version from a database file', source('dbfs:/etc')],
  ['a version from the network', source('//host/share')],
  ['a version from a foreign bucket', source('s3://bucket/a')],
  ['a version from the metadata service', source('http://169.254.169.254/latest')],
  ['a version above its run', source(`runs:/${RUN}/../../etc`)],
  ['a version above the artifacts', source('mlflow-artifacts:/../../etc')],
  ['a version above the artifacts, escaped twice', source('mlflow-artifacts:/%252e%252e/etc')],
  ['a version behind a fragment', source('mlflow-artifacts:/1/a#/../../etc')],
  ['a version behind a query', source('mlflow-artifacts:/1/a?/../../etc')],
  ['a version behind parameters', source('mlflow-artifacts:/1/a;/../../etc')],
  ['a version on another host', source('mlflow-artifacts://host/1/a')],
  [
    'a source that is no text',
    post('model-versions/create', { name: 'm', source: ['file:///etc'.split('')] }),
  ],
  ['a model name that climbs', post('registered-models/create', { name: '../m' })],
  ['a model renamed to climb', post('registered-models/rename', { name: 'm', newName: '..' })],
  ['an alias that climbs', get(`${API}/registered-models/alias?name=m&alias=../a`)],
  ['a version that is no number', get(`${API}/model-versions/get?name=m&version=1%2f..`)],
  ['a model id that climbs', source('models:/../m')],
  ['a batch for a climbing run', post('runs/log-batch', { run_id: '../a', metrics: [] })],
  [
    'a metric of a climbing model',
    post('runs/log-batch', { run_id: RUN, metrics: [{ key: 'a', modelId: '../m' }] }),
  ],
  [
    'a logged model that climbs',
    post('runs/log-model', { run_id: RUN, model_json: '{"artifact_path":"../../etc"}' }),
  ],
  ['both spellings of a name', post('runs/set-tag', { run_id: RUN, runId: '../a', key: 'a' })],

  ['a trace moved by a tag', tag('mlflow.artifactLocation')],
  ['a trace archived by a tag', tag('mlflow.trace.archiveLocation')],
  [
    'a trace moved when it ends',
    {
      method: 'PATCH',
      path: `${API}/traces/tr-1`,
      body: { tags: [{ key: 'mlflow.artifactLocation', value: 'file:///etc' }] },
    },
  ],
  [
    'a trace moved when it starts',
    {
      method: 'POST',
      path: `${API_3}/traces`,
      body: { trace: { traceInfo: { tags: { 'mlflow.artifactLocation': 'file:///etc' } } } },
    },
  ],
  ['a trace id that climbs', get(`${API_3}/traces/get?trace_id=..%2fa`)],
  ['traces linked to a climbing run', post('traces/link-to-run', { trace_ids: ['tr-1'], runId: '../a' })],
  [
    'a trace moved by an attribute of a span',
    {
      method: 'POST',
      path: 'v1/traces',
      body: spanWith('mlflow.traceTag.mlflow.artifactLocation'),
      headers: { 'content-type': 'application/x-protobuf', 'x-mlflow-experiment-id': '0' },
    },
  ],
];

/** Refused with BODY_INVALID: MLflow and the gateway would read different things. */
const BODIES: readonly Trick[] = [
  ['a key twice', post('runs/set-tag', '{"run_id":"a","run_id":"../b"}')],
  ['a key twice, once escaped', post('runs/set-tag', '{"run_id":"a","run\\u005fid":"../b"}')],
  ['a key twice deep inside', post('runs/log-batch', '{"metrics":[{"model_id":"a","model_id":"../b"}]}')],
  ['a JSON string that is decoded again', post('runs/set-tag', JSON.stringify('{"run_id":"../b"}'))],
  ['a list', post('runs/set-tag', '[]')],
  ['what is no JSON and counts as empty', post('runs/search', 'run_id=a')],
  [
    'a form',
    {
      ...post('runs/search', 'run_id=..%2fa'),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
  ],
  ['a byte order mark', post('runs/set-tag', '\ufeff{"run_id":"a"}')],
  ['UTF-16', post('runs/set-tag', Buffer.from('{"run_id":"../a"}', 'utf16le'))],
  ['bytes that are not UTF-8', post('runs/set-tag', Buffer.from('{"run_id":"\xff"}', 'latin1'))],
  ['an endless nesting', post('runs/set-tag', `{"a":${'['.repeat(9_999)}${']'.repeat(9_999)}}`)],
  [
    'a key twice in text inside',
    post('runs/log-model', { run_id: RUN, model_json: '{"artifact_path":"a","artifact_path":"../b"}' }),
  ],
  ['a body with GET', { ...get(`${API}/runs/get`), body: { run_id: '../a' } }],
  [
    'a body in chunks with GET',
    { ...get(`${API}/runs/get`), body: { run_id: '../a' }, headers: { 'transfer-encoding': 'chunked' } },
  ],
  [
    'spans that are no protobuf',
    {
      method: 'POST',
      path: 'v1/traces',
      body: '\n{"resourceSpans":[]}',
      headers: { 'content-type': 'application/x-protobuf' },
    },
  ],
];

/** Answered like any path that does not exist. */
const PATHS: readonly Trick[] = [
  ['dots to another route', get(`${API}/../../../health`)],
  ['dots out of the artifacts', get(`${FILES}/artifacts/../../mlflow/users/get?username=admin`)],
  ['escaped dots to another route', get(`${API}/%2e%2e/%2e%2e/graphql`)],
  ['dots in place of an id', get(`${API_3}/traces/..`)],
  ['an escaped slash', get(`${API}/runs%2fget`)],
  ['an empty segment', get(`api//2.0/mlflow/runs/get`)],
  ['parameters of a segment', get(`${API}/runs/get;a=b`)],
  ['upper case', get(`${API}/Runs/Get`)],
  ['a slash at the end', get(`${API}/runs/get/`)],
  ['an id that holds a slash', get(`${API_3}/traces/tr-1%2f..%2fget`)],
  ['the file route of the web page', get(`get-artifact?run_uuid=${RUN}&path=../../etc/passwd`)],
  [
    'the model file route of the web page',
    get('model-versions/get-artifact?name=m&version=1&path=../../etc/passwd'),
  ],
  ['the trace file route of the web page', get('ajax-api/2.0/mlflow/get-trace-artifact?request_id=tr-1')],
  [
    'the upload route of the web page',
    { method: 'POST', path: 'ajax-api/2.0/mlflow/upload-artifact?run_uuid=a&path=../b', body: 'x' },
  ],
  [
    'the proxy of the AI gateway',
    { method: 'POST', path: 'ajax-api/2.0/mlflow/gateway-proxy', body: { gateway_path: 'a' } },
  ],
];

describe('tricks against MLflow', () => {
  const gateway = useMlflowBehindGateway();

  it.each(VALUES)('%s is refused as a value and reaches nobody', async (_name, request) => {
    expect(await gateway.send(request)).toMatchObject({ status: 400, code: 'VALUE_REFUSED', reached: 0 });
  });

  it.each(BODIES)('%s is refused as a body and reaches nobody', async (_name, request) => {
    expect(await gateway.send(request)).toMatchObject({ status: 400, code: 'BODY_INVALID', reached: 0 });
  });

  it.each(PATHS)('%s leads nowhere', async (_name, request) => {
    expect(await gateway.send(request)).toMatchObject({ status: 404, code: 'NOT_FOUND', reached: 0 });
  });

  it('never shows a refused value', async () => {
    const { text } = await gateway.send(source('s3://user:hunter2@bucket/a'));
    expect(text).toContain('source');
    expect(text).not.toContain('hunter2');
  });

  it.each<readonly [string, SentRequest, number]>([
    ['an experiment', post('experiments/create', { name: `ok-${UNIQUE}` }), 200],
    ['an experiment with its place', { ...location(`mlflow-artifacts:/shared ${UNIQUE}`) }, 200],
    ['a search without a body', { method: 'POST', path: `${API}/runs/search` }, 200],
    ['a search by the other spelling', post('runs/search', { experimentIds: ['0'] }), 200],
    ['a list of artifacts with a dotted name', get(`${FILES}/artifacts?path=a..b%20c`), 200],
    [
      'an upload',
      { method: 'PUT', path: `${FILES}/artifacts/tricks/${UNIQUE}%20%C3%BC.txt`, body: 'fine' },
      200,
    ],
    ['a download', get(`${FILES}/artifacts/tricks/${UNIQUE}%20%C3%BC.txt`), 200],
    [
      'a multi-part upload',
      { method: 'POST', path: `${FILES}/mpu/create/a`, body: { path: '/tmp/a', num_parts: 1 } },
      501,
    ],
    ['a model', post('registered-models/create', { name: `Model ${UNIQUE}` }), 200],
    [
      'a prompt version',
      post('model-versions/create', {
        name: `Model ${UNIQUE}`,
        source: 'dummy-source',
        tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
      }),
      200,
    ],
    ['a version of an unknown run', source(`runs:/${RUN}/model`), 404],
    ['a tag of an unknown trace', tag('owner'), 400],
  ])('%s does reach it', async (_name, request, status) => {
    expect(await gateway.send(request)).toMatchObject({ status, code: undefined, reached: 1 });
  });
});

/** An OTLP export of one span with this attribute. */
function spanWith(key: string): Buffer {
  const field = (number: number, content: Buffer | string): Buffer => {
    const bytes = Buffer.from(content);
    return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  };
  return [9, 2, 2, 1].reduce((inner, number) => field(number, inner), field(1, key));
}
