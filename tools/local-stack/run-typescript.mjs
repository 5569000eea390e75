import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNodeVersion, ensurePackages } from '../setup/index.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const workspaceRoot = path.resolve(here, '../..');

/**
 * Runs one of our TypeScript mains inside this process (a wrapper process would have to pass signals and the exit
 * code on), after making sure that the packages it needs are there.
 */
export async function runTypeScript(mainFile) {
  try {
    ensureNodeVersion();
    await ensurePackages(workspaceRoot, (line) => console.log(line));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  process.chdir(workspaceRoot);
  process.env.TSX_TSCONFIG_PATH = path.join(here, 'tsconfig.json');
  const { register } = await import('tsx/cjs/api');
  register();
  // Children are started with a copy of this environment.
  delete process.env.TSX_TSCONFIG_PATH;
  createRequire(import.meta.url)(path.join(here, 'src', mainFile));
}
