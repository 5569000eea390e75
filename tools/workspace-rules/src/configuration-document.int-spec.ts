import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from './lint-texts';

const DOCUMENT = path.join(workspaceRoot, 'docs/configuration.md');

/** What the program writes now. */
async function currentText(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-configuration-'));
  try {
    const file = path.join(folder, 'configuration.md');
    const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
    const program = 'tools/workspace-rules/src/write-configuration-document.ts';
    const { exitCode, stderr } = await runCommand(process.execPath, ['--import', loader, program, file], {
      cwd: workspaceRoot,
      env: { ...hostEnvironment(), TSX_TSCONFIG_PATH: 'tsconfig.base.json' },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('docs/configuration.md', () => {
  it('lists the settings as they are: else run `npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-configuration-document.ts`', async () => {
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(await currentText());
  });

  it('has settings of every service, their defaults, and which are secret', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    expect(text).toMatch(/^\| `TIDEGATE_ENVIRONMENT` +\| required +\|/m);
    expect(text).toMatch(/^\| `QUEUE_MAX_WAIT_MS` +\| `100` +\|/m);
    expect(text).toMatch(/^\| `SPOOL_IS_DURABLE` +\| `false` +\|/m);
    expect(text).toMatch(/^\| `API_KEY_PEPPER` .*\*\*Secret\.\*\* +\|$/m);
  });
});
