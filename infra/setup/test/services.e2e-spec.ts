import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { useAwsSimulator, workspaceRoot } from '@tidegate/testing';
import { Site } from './site';
import { startTlsServer, type TlsServer } from './tls-server';

jest.setTimeout(120_000);

describe('the services after the set-up', () => {
  const aws = useAwsSimulator();
  const children: ChildProcess[] = [];
  let server: TlsServer;
  let site: Site;

  beforeAll(async () => {
    server = await startTlsServer();
    site = await Site.make(server, aws);
    expect(await site.run()).toMatchObject({ exitCode: 0 });
  }, 120_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.remove();
  }, 120_000);

  /** The built app with settings as its task definition has them; gives its address. */
  async function start(app: 'api' | 'logging', settings: Record<string, string>): Promise<string> {
    const { username = '', password = '' } = (await site.secret(`database/${app}`)) ?? {};
    const { token = '' } = (await site.secret('internal')) ?? {};
    const login = { DATABASE_NAME: `${app}_db`, DATABASE_USER: username, DATABASE_PASSWORD: password };
    const env = { ...site.parts('localhost'), ...login, INTERNAL_TOKEN: token, ...settings };
    const main = path.join(workspaceRoot, 'dist/apps', app, 'main.js');
    const child = spawn(process.execPath, [main], {
      env: { ...env, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(line) as { url?: string };
      if (url === undefined) continue;
      child.stdout.resume();
      return url;
    }
    throw new Error(`${main} ended before it listened; build it first: npx nx build ${app}`);
  }

  async function untilReady(url: string): Promise<void> {
    while ((await fetch(`${url}/ready`)).status !== 200) await delay(100);
  }

  it('the prediction log becomes ready over verified TLS', async () => {
    await untilReady(await start('logging', {}));
  });

  it('the api becomes ready, and knows the key of inference and the bootstrap key', async () => {
    const {
      pepper = '',
      previous_pepper = '?',
      service_keys = '',
      bootstrap_key = '',
    } = (await site.secret('api')) ?? {};
    const { admin_username = '', admin_password = '' } = (await site.secret('mlflow')) ?? {};
    const url = await start('api', {
      TIDEGATE_PROJECT: site.project,
      TIDEGATE_ENVIRONMENT: 'dev',
      API_KEY_PEPPER: pepper,
      API_KEY_PEPPER_PREVIOUS: previous_pepper,
      API_SERVICE_KEYS: service_keys,
      API_BOOTSTRAP_KEY: bootstrap_key,
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      MLFLOW_USERNAME: admin_username,
      MLFLOW_PASSWORD: admin_password,
    });
    await untilReady(url);
    const statusWith = async (key: string): Promise<number> => {
      const headers = { authorization: `Bearer ${key}` };
      return (await fetch(`${url}/api/mlflow/registered-models/search`, { headers })).status;
    };
    const { mlflow_token = '' } = (await site.secret('inference')) ?? {};
    // MLflow is not there: the key was accepted and the request forwarded.
    expect(await statusWith(mlflow_token)).toBe(502);
    // This one may manage keys, not read models.
    expect(await statusWith(bootstrap_key)).toBe(403);
    expect(await statusWith(mlflow_token.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')))).toBe(401);
  });
});
