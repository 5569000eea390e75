#!/usr/bin/env node
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureNodeVersion, ensurePackages } from '../setup/index.mjs';

const workspaceRoot = path.resolve(import.meta.dirname, '..', '..');

try {
  ensureNodeVersion();
  await ensurePackages(workspaceRoot, (line) => console.error(line));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.chdir(workspaceRoot);
// Where tsx finds the @tidegate/* paths.
process.env.TSX_TSCONFIG_PATH = path.join(import.meta.dirname, 'tsconfig.json');
const { register } = await import('tsx/cjs/api');
register();
delete process.env.TSX_TSCONFIG_PATH;
// The versions of package-lock.json work with Node 20, which the SDK warns about.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
createRequire(import.meta.url)('./src/main.ts');
