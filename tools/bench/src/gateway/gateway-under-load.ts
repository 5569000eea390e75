import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { generateApiKey, type Scope } from '@tidegate/api-keys';
import { findFreePort, hostEnvironment, runCommand } from '@tidegate/local-parts';
import { startOwnPostgres, workspaceRoot, type OwnPostgres } from '@tidegate/testing';
import { LABELS } from './labels';
import type { Target } from '../target';
import type { Workbench } from '../workbench';

const BUILD_MS = 300_000;
const SCOPES: readonly Scope[] = [
  'runs:read',
  'metrics:write',
  'artifacts:read',
  'artifacts:write',
  'predict',
];

/** Builds the api and starts it in front of upstreams: with its own PostgreSQL, without Redis. */
export class GatewayStarter {
  private databases = 0;

  private constructor(
    private readonly bench: Workbench,
    private readonly postgres: OwnPostgres,
    /** Where each gateway leaves a profile of its processor time when it ends. */
    private readonly profileFolder: string | undefined,
  ) {}

  static async prepare(bench: Workbench, profileFolder?: string): Promise<GatewayStarter> {
    bench.say('building apps/api');
    await build();
    const postgres = await startOwnPostgres();
    bench.atEnd(() => postgres.remove());
    return new GatewayStarter(bench, postgres, profileFolder);
  }

  /** With a key that has the scopes of every request here and no rate limit. */
  async start(upstream: Target): Promise<Target> {
    const { bench, postgres } = this;
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const key = generateApiKey({ environment: 'bench' }).text;
    this.databases += 1;
    const serviceKey = { name: 'bench', key, scopes: SCOPES, rate_class: 'unlimited' };
    const { pid } = await bench.start({
      name: 'gateway',
      command: bench.cores.forProxy(
        process.execPath,
        ...(this.profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', this.profileFolder]),
        path.join(workspaceRoot, 'dist', 'apps', 'api', 'main.js'),
      ),
      port,
      environment: {
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        TIDEGATE_ENVIRONMENT: 'bench',
        API_KEY_PEPPER: randomBytes(32).toString('hex'),
        API_SERVICE_KEYS: JSON.stringify([serviceKey]),
        DATABASE_URL: await postgres.createDatabase(`bench_${this.databases}`),
        MLFLOW_TRACKING_URI: upstream.url,
        INFERENCE_URL: upstream.url,
        LOGGING_URL: upstream.url,
      },
      isReady: () => isOk(`${url}/ready`),
    });
    return { label: LABELS.gateway, url, pid, headers: { authorization: `Bearer ${key}` } };
  }
}

async function build(): Promise<void> {
  const webpack = path.join(workspaceRoot, 'node_modules', 'webpack', 'bin', 'webpack.js');
  const { exitCode, stdout, stderr } = await runCommand(
    process.execPath,
    [webpack, '-c', 'apps/api/webpack.config.cjs'],
    { env: hostEnvironment(), cwd: workspaceRoot, timeoutMs: BUILD_MS },
  );
  if (exitCode !== 0) throw new Error(`apps/api could not be built:\n${stdout}${stderr}`);
}

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
