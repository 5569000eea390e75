// HashiCorp archived CDKTF; its living fork has the same API. This script shows that the swap is one line of
// package.json: it synthesizes every environment once with cdktf and once with the fork under cdktf's name, and compares.
//
//   node infra/aws/scripts/swap-to-fork.mjs <folder>
//
// The fork is installed into <folder>, which keeps both outputs: <folder>/{cdktf,fork}/<environment>/stacks/…
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

// What the swap takes: the fork under cdktf's name, and the constructs it wants.
const SWAP = { cdktf: 'npm:cdktn@0.24.0', constructs: '10.6.0' };
const KEPT = ['@cdktf/provider-aws', 'tsx', 'zod'];
const ENVIRONMENTS = ['dev', 'staging', 'production'];

const workspaceRoot = path.resolve(import.meta.dirname, '..', '..', '..');
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Expected a folder to work in: node infra/aws/scripts/swap-to-fork.mjs /tmp/fork');
  process.exit(2);
}

const forkRoot = path.resolve(folder, 'workspace');
installFork();
const differences = ENVIRONMENTS.flatMap((environment) =>
  compare(synthesize(workspaceRoot, 'cdktf', environment), synthesize(forkRoot, 'fork', environment)),
);
if (differences.length > 0) {
  console.error(
    `The fork synthesizes something else in: ${differences.join(', ')}. Compare both in ${folder}.`,
  );
  process.exit(1);
}
console.log(`${SWAP.cdktf} synthesizes the same as cdktf for ${ENVIRONMENTS.join(', ')}.`);

function installFork() {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(workspaceRoot, 'package.json'), 'utf8'),
  );
  const versions = { ...dependencies, ...devDependencies };
  const kept = Object.fromEntries(KEPT.map((name) => [name, versions[name]]));
  mkdirSync(path.join(forkRoot, 'infra/aws'), { recursive: true });
  cpSync(path.join(workspaceRoot, 'infra/aws/src'), path.join(forkRoot, 'infra/aws/src'), {
    recursive: true,
  });
  // The checks read what the apps do from their sources.
  for (const name of ['apps', 'libs']) symlinkSync(path.join(workspaceRoot, name), path.join(forkRoot, name));
  writeFileSync(
    path.join(forkRoot, 'package.json'),
    JSON.stringify({ private: true, dependencies: { ...kept, ...SWAP } }, undefined, 2),
  );
  // The bindings ask for cdktf ^0.21, and the fork counts on from there.
  execFileSync('npm', ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: forkRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}

/** Folder of the stacks. */
function synthesize(root, name, environment) {
  const output = path.resolve(folder, name, environment);
  mkdirSync(path.dirname(output), { recursive: true });
  const own = { accountId: '123456789012', ...(environment !== 'dev' && { stateBucket: 'tidegate-state' }) };
  const changes = path.resolve(folder, `${environment}.json`);
  writeFileSync(changes, JSON.stringify(own));
  const tsx = createRequire(path.join(root, 'package.json')).resolve('tsx');
  execFileSync(process.execPath, ['--import', tsx, path.join(root, 'infra/aws/src/main.ts')], {
    // The same for both: a local state file is named from here.
    cwd: folder,
    stdio: 'inherit',
    env: {
      ...process.env,
      CDKTF_OUTDIR: output,
      TIDEGATE_ENVIRONMENT: environment,
      TIDEGATE_ENVIRONMENT_FILE: changes,
    },
  });
  return path.join(output, 'stacks');
}

/** Names of stacks that differ in more than the version that is stamped on them. */
function compare(one, other) {
  const stacks = [...new Set([...readdirSync(one), ...readdirSync(other)])];
  return stacks.filter(
    (stack) => !isDeepStrictEqual(stackWithoutVersion(one, stack), stackWithoutVersion(other, stack)),
  );
}

function stackWithoutVersion(stacks, name) {
  const stack = JSON.parse(readFileSync(path.join(stacks, name, 'cdk.tf.json'), 'utf8'));
  delete stack['//'].metadata.version;
  return stack;
}
