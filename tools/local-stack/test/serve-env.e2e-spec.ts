import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatEnvFile } from '../src/env-file';
import { WORKSPACE_ROOT } from './start-command';

const run = promisify(execFile);
const PRELOAD = path.join(WORKSPACE_ROOT, 'tools', 'local-stack', 'serve-env.mjs');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'localstack-serve-'));
  mkdirSync(path.join(folder, 'dist', 'apps', 'api'), { recursive: true });
  writeFileSync(
    path.join(folder, 'dist', 'apps', 'api', 'main.js'),
    'console.log(JSON.stringify({ port: process.env.PORT, keys: process.env.KEYS }))',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const serve = (env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, ['--import', PRELOAD, 'dist/apps/api/main.js'], { cwd: folder, env });

describe('nx serve api', () => {
  it('gets the settings that the stack wrote, and variables that are set already win', async () => {
    const keys = '[{"name":"inference"}]';
    mkdirSync(path.join(folder, '.tidegate', 'env'), { recursive: true });
    writeFileSync(
      path.join(folder, '.tidegate', 'env', 'api.env'),
      formatEnvFile({ PORT: '8080', KEYS: keys }),
    );
    expect(JSON.parse((await serve()).stdout)).toEqual({ port: '8080', keys });
    expect(JSON.parse((await serve({ PORT: '9999' })).stdout)).toEqual({ port: '9999', keys });
  });

  it('says how to get the settings when nothing wrote them', async () => {
    const { stderr } = await serve();
    expect(stderr).toBe(
      `No settings for api found (${path.join(folder, '.tidegate', 'env', 'api.env')}): "npm start -- --except api" writes them.\n`,
    );
  });
});
