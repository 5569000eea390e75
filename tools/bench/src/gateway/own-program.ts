import path from 'node:path';
import { compileProgram } from '../own-programs';

export type OwnProgram = 'bare-proxy' | 'fastify-proxy' | 'small-upstream' | 'bytes-upstream';

/** A program of `programs/`, compiled. @returns the file to run */
export function ownProgram(name: OwnProgram): string {
  return compileProgram(path.join(__dirname, 'programs', `${name}.ts`));
}
