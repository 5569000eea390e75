import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureNodeVersion, ensurePackages } from '../setup/index.mjs';

const workspaceRoot = path.resolve(import.meta.dirname, '..', '..');

try {
  ensureNodeVersion();
  await ensurePackages(workspaceRoot);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const main = spawn(
  process.execPath,
  ['--import', 'tsx', path.join(workspaceRoot, 'tools/test-run/src/main.ts'), ...process.argv.slice(2)],
  {
    cwd: workspaceRoot,
    stdio: 'inherit',
    // Where tsx finds the @tidegate/* paths.
    env: { ...process.env, TSX_TSCONFIG_PATH: path.join(workspaceRoot, 'tools/test-run/tsconfig.json') },
  },
);
// A terminal's Ctrl-C reaches main by itself; a signal sent to this process alone is handed on. Main cleans up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => main.kill('SIGTERM'));
main.once('exit', (code) => process.exit(code ?? 1));
