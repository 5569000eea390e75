import { spawn } from 'node:child_process';
import path from 'node:path';

export const workspaceRoot = path.resolve(__dirname, '../../..');

export interface LintCase {
  /** Path from the workspace's root; the file must exist, its content does not matter. */
  readonly file: string;
  readonly source: string;
}

/** Lints each source with the workspace's real configuration as if it stood in `file`: `rule: message` per finding. */
export async function lintTexts(cases: readonly LintCase[]): Promise<string[][]> {
  const script = path.join(__dirname, '../lint-texts.mjs');
  const child = spawn(process.execPath, [script], { cwd: workspaceRoot, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(cases));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as string[][];
}
