import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

const script = path.join(__dirname, '..', 'node', 'select-packages.mjs');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidegate-select-packages-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function selectForBundle(...requests: string[]): Promise<CommandResult> {
  const bundle = path.join(folder, 'main.js');
  await writeFile(bundle, requests.map((name) => `module.exports = require("${name}");`).join('\n'));
  const args = [script, workspaceRoot, path.join(folder, 'app'), '--bundle', bundle];
  return runCommand(process.execPath, args, { env: hostEnvironment([]) });
}

it('keeps what a bundle requires and what that needs, in the workspace’s versions', async () => {
  expect(await selectForBundle('pg', 'node:fs', 'crypto')).toMatchObject({ exitCode: 0, stderr: '' });
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8')) as unknown;
  const workspace = (await read(path.join(workspaceRoot, 'package.json'))) as {
    dependencies: Record<string, string>;
  };
  expect(await read(path.join(folder, 'app', 'package.json'))).toMatchObject({
    dependencies: { pg: workspace.dependencies['pg'] },
  });
  const { packages } = (await read(path.join(folder, 'app', 'package-lock.json'))) as {
    packages: Record<string, unknown>;
  };
  expect(Object.keys(packages)).toEqual(
    expect.arrayContaining(['node_modules/pg', 'node_modules/pg-protocol']),
  );
  expect(Object.keys(packages).length).toBeLessThan(20);
});

it('refuses a bundle that needs a development package', async () => {
  const { exitCode, stderr } = await selectForBundle('pg', '@nx/eslint-plugin/internal', 'jest');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('requires @nx/eslint-plugin, jest, but an image holds only "dependencies"');
});
