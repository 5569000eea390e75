import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePythonEnv } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

/** Programs that a guide calls, in a folder for PATH: the real AWS CLI, and an `npx` that does not run tidegate. */
export interface GuidePrograms {
  readonly folder: string;
  /** What was asked of tidegate, a line each; emptied by reading. */
  calls(): string[];
}

export async function makeGuidePrograms(parent: string): Promise<GuidePrograms> {
  const { venvDir } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'aws-cli-venv'),
    requirementFiles: [path.join(__dirname, 'requirements.txt')],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const folder = path.join(parent, 'programs');
  const calls = path.join(folder, 'calls');
  mkdirSync(folder);
  symlinkSync(path.join(venvDir, 'bin', 'aws'), path.join(folder, 'aws'));
  writeProgram(path.join(folder, 'npx'), npx(calls));
  return {
    folder,
    calls() {
      const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
      writeFileSync(calls, '');
      return lines.filter((line) => line !== '');
    },
  };
}

/** tidegate has tests of its own; who deploys answers yes. */
function npx(calls: string): string {
  const cdktf = path.join(workspaceRoot, 'node_modules/.bin/cdktf');
  return `#!/bin/bash
case "$*" in
  tidegate*) echo "$*" >> ${calls} ;;
  'cdktf deploy'*) shift; exec ${cdktf} "$@" --auto-approve --no-color --skip-provider-lock ;;
  cdktf*) shift; exec ${cdktf} "$@" ;;
  *) exec ${path.join(path.dirname(process.execPath), 'npx')} "$@" ;;
esac
`;
}

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
