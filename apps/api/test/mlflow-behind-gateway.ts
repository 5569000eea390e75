import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { generateApiKey, SCOPES, type Scope } from '@tidegate/api-keys';
import { REQUEST_ID_HEADER } from '@tidegate/schemas';
import { useTestMlflow, useTestPostgres } from '@tidegate/testing';
import { bearer, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { CountingProxy } from './counting-proxy';

export interface SentRequest {
  readonly method: string;
  /** Below `/api/mlflow/`, sent as it is written here. */
  readonly path: string;
  /** An object is sent as JSON. */
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Scopes of the key; all of them by default. */
  readonly scopes?: readonly Scope[];
}

export interface Outcome {
  readonly status: number;
  /** Of a problem the gateway answers itself; MLflow's own errors have none. */
  readonly code: string | undefined;
  readonly detail: string;
  readonly text: string;
  /** How often it reached MLflow. */
  readonly reached: number;
}

export interface MlflowBehindGateway {
  readonly url: string;
  /** A key with exactly these scopes. */
  keyWith(scopes: readonly Scope[]): string;
  send(request: SentRequest): Promise<Outcome>;
}

/**
 * For the top of a `describe`: a gateway, a counting proxy and a real MLflow in a row.
 *
 * @param scopeSets keys are made for these before the api starts
 */
export function useMlflowBehindGateway(scopeSets: readonly (readonly Scope[])[] = []): MlflowBehindGateway {
  const postgres = useTestPostgres();
  const mlflow = useTestMlflow();
  const keys = new Map(
    [SCOPES, ...scopeSets].map((scopes) => [nameOf(scopes), generateApiKey({ environment: 'test' }).text]),
  );
  let proxy: CountingProxy | undefined;
  let api: ApiUnderTest | undefined;

  beforeAll(async () => {
    proxy = await CountingProxy.start(mlflow.url);
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: proxy.url,
      MLFLOW_USERNAME: mlflow.username,
      MLFLOW_PASSWORD: mlflow.password,
      API_RATE_CLASSES: '{"standard":{"requests":1000000,"perSeconds":1}}',
      API_SERVICE_KEYS: JSON.stringify(
        [...keys].map(([scopes, key], index) => ({
          name: `key-${index}`,
          key,
          scopes: scopes.split(','),
        })),
      ),
    });
    await api.waitFor('/ready', 200);
  });
  afterAll(async () => {
    await api?.stop();
    await proxy?.stop();
  });

  const running = (): { api: ApiUnderTest; proxy: CountingProxy } => {
    if (!api || !proxy) throw new Error('The gateway runs inside hooks and tests only; use it there.');
    return { api, proxy };
  };
  const keyWith = (scopes: readonly Scope[]): string => {
    const key = keys.get(nameOf(scopes));
    if (key === undefined) throw new Error(`No key was made for ${nameOf(scopes)}`);
    return key;
  };
  return {
    get url() {
      return `${running().api.url}/api/mlflow`;
    },
    keyWith,
    send: async (request) => {
      const id = randomUUID();
      const headers = { ...bearer(keyWith(request.scopes ?? SCOPES)), [REQUEST_ID_HEADER]: id };
      const { status, text } = await exchange(running().api.url, headers, request);
      const reached = running().proxy.seen.filter((other) => other === id).length;
      return { status, text, ...problemOf(text), reached };
    },
  };
}

function nameOf(scopes: readonly Scope[]): string {
  return [...scopes].sort().join(',');
}

/** `fetch` would tidy the path and refuse a body with GET. */
function exchange(
  url: string,
  ownHeaders: Readonly<Record<string, string>>,
  { method, path, body = '', headers }: SentRequest,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  const content =
    typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : JSON.stringify(body);
  const isChunked = headers?.['transfer-encoding'] !== undefined;
  const options = {
    ...{ hostname, port, method, path: `/api/mlflow/${path}` },
    headers: {
      ...ownHeaders,
      'content-type': 'application/json',
      ...(isChunked ? {} : { 'content-length': Buffer.byteLength(content) }),
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    request.on('error', reject);
    request.end(content);
  });
}

function problemOf(text: string): { code: string | undefined; detail: string } {
  if (!text.includes('urn:tidegate:problem:')) return { code: undefined, detail: '' };
  return JSON.parse(text) as { code: string; detail: string };
}
