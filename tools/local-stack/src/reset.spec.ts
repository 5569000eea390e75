import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reset } from './reset';
import { StackLock } from './stack-lock';
import { stackPaths } from './stack-paths';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'localstack-reset-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function dataFolder(name: string) {
  const paths = stackPaths(folder, path.join(folder, name));
  mkdirSync(paths.postgresDir, { recursive: true });
  return paths;
}
const silent = (): void => undefined;

describe('npm run reset', () => {
  it('removes the data folder with all in it', async () => {
    const paths = dataFolder('.tidegate');
    await expect(reset(paths, silent)).resolves.toBe(true);
    expect(existsSync(paths.dataDir)).toBe(false);
    await expect(reset(paths, silent)).resolves.toBe(false);
  });

  it('refuses while a stack runs on it', async () => {
    const paths = dataFolder('.tidegate');
    StackLock.acquire(paths.lockFile);
    await expect(reset(paths, silent)).rejects.toThrow(/already runs/);
    expect(existsSync(paths.postgresDir)).toBe(true);
  });

  it('removes another folder only when it was made by the stack', async () => {
    const paths = dataFolder('documents');
    await expect(reset(paths, silent)).rejects.toThrow(/not a data folder/);
    expect(existsSync(paths.postgresDir)).toBe(true);
    writeFileSync(paths.secretsFile, '{}');
    await expect(reset(paths, silent)).resolves.toBe(true);
  });
});
