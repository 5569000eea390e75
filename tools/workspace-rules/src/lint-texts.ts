import { spawn } from 'node:child_process';
import path from 'node:path';

export const workspaceRoot = path.resolve(__dirname, '../../..');

export interface LintCase {
  /** Path from the workspace's root; the file must exist, its content does not matter. */
  readonly file: string;
  readonly source: string;
}

/** Lints each source with the workspace's real configuration as if it stood in `file`: `rule: message` per finding. */
export function lintTexts(cases: readonly LintCase[]): Promise<string[][]> {
  return findings('lint-texts.mjs', cases);
}

/** Lints each source as the GitHub workflow `file`: `line: message` per finding. */
export function lintWorkflows(cases: readonly LintCase[]): Promise<string[][]> {
  return findings('lint-workflows.mjs', cases);
}

async function findings(script: string, cases: readonly LintCase[]): Promise<string[][]> {
  const child = spawn(process.execPath, [path.join(__dirname, '..', script)], {
    cwd: workspaceRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(cases));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as string[][];
}
