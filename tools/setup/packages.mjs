import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs the npm packages of the lock file when they are not those of the last installation.
 *
 * @param {string} workspaceRoot
 * @param {(line: string) => void} onProgress
 * @throws {Error} whose message is meant for the user as it is
 */
export async function ensurePackages(workspaceRoot, onProgress = console.log) {
  const stampFile = path.join(workspaceRoot, 'node_modules', '.tidegate-lock');
  const wanted = fingerprint(workspaceRoot);
  if (readOrEmpty(stampFile) === wanted) return;
  onProgress('Installing npm packages (npm ci)');
  const exitCode = await runNpmCi(workspaceRoot);
  if (exitCode !== 0) {
    throw new Error(
      `"npm ci" ended with ${exitCode}, so the npm packages are not installed; what it said stands above. When it could not reach its registry, check "npm ping" and start again; when package.json and package-lock.json disagree, run "npm install".`,
    );
  }
  // Last of all: npm ci begins by removing node_modules, so an interrupted one leaves no stamp.
  writeFileSync(stampFile, wanted);
}

// The platform belongs to it: packages carry binaries, and a folder may be shared between machines.
function fingerprint(workspaceRoot) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  return hash.update(readFileSync(path.join(workspaceRoot, 'package-lock.json'))).digest('hex');
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function runNpmCi(workspaceRoot) {
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: workspaceRoot,
      // stdout to stderr: what a caller prints on stdout stays its own.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
      shell: process.platform === 'win32',
    });
    npm.once('error', (cause) =>
      reject(
        new Error(
          `npm could not be started: ${cause.message}. It comes with Node; check that it is on PATH.`,
        ),
      ),
    );
    npm.once('exit', (code, signal) => resolve(code ?? signal));
  });
}
