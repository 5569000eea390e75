import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand, type CommandResult } from '@tidegate/local-parts';
import { composeFolder } from './compose-model';
import { makeSecrets } from './secrets';

const workspaceRoot = path.resolve(composeFolder, '..', '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidegate-make-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function make(file: string): Promise<CommandResult> {
  return runCommand(
    process.execPath,
    ['--import', 'tsx', path.join(composeFolder, 'src', 'make-env.ts'), file],
    {
      env: { ...hostEnvironment(), TSX_TSCONFIG_PATH: path.join(composeFolder, 'tsconfig.json') },
      cwd: workspaceRoot,
    },
  );
}

it('writes every secret, for its owner only, and shows none', async () => {
  const file = path.join(folder, '.env');
  const { exitCode, stdout } = await make(file);
  expect(exitCode).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const settings = readFileSync(file, 'utf8').trim().split('\n');
  expect(settings.map((line) => line.split('=')[0])).toEqual(Object.keys(makeSecrets()));
  for (const line of settings) expect(stdout).not.toContain(line.split('=')[1]);
});

it('never writes over the secrets that data was made with, and says how to begin anew', async () => {
  const file = path.join(folder, '.env');
  await make(file);
  const before = readFileSync(file, 'utf8');
  const { exitCode, stderr } = await make(file);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('is there already and stays as it is');
  expect(stderr).toContain('down --volumes');
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('says which folder is not there', async () => {
  const { exitCode, stderr } = await make(path.join(folder, 'missing', '.env'));
  expect(exitCode).toBe(1);
  expect(stderr).toContain('could not be written');
});
