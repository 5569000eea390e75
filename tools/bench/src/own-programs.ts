import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { workspaceRoot } from '@tidegate/testing';

/**
 * One of our programs as plain JavaScript, made by the compiler the services are made with: a loader in the process
 * would cost the others time and memory that the gateway does not pay.
 *
 * @returns the file to run
 */
export function compileProgram(source: string): string {
  const { code } = transformFileSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  // Below the workspace, where its packages are found.
  const folder = path.join(workspaceRoot, 'dist', 'tools', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${path.basename(source, '.ts')}.js`);
  writeFileSync(file, code);
  return file;
}
