import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from './lint-texts';

/** What a program of this folder writes now, such as `write-metrics-document.ts`; the document itself stays as it is. */
export async function writtenNow(program: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-document-'));
  try {
    const file = path.join(folder, 'document.md');
    const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
    const { exitCode, stderr } = await runCommand(
      process.execPath,
      ['--import', loader, path.join('tools/workspace-rules/src', program), file],
      { cwd: workspaceRoot, env: { ...hostEnvironment(), TSX_TSCONFIG_PATH: 'tsconfig.base.json' } },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
