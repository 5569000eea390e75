// Writes a package.json and package-lock.json that hold only some of the workspace's packages and what those need, in
// the workspace's versions, so that `npm ci` installs these and nothing else.
//
//   node select-packages.mjs <workspace> <target> <package>...            packages by name
//   node select-packages.mjs <workspace> <target> --bundle <main.js>      what a webpack bundle requires
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

const [workspace, target, ...selection] = process.argv.slice(2);
const manifest = readJson(path.join(workspace, 'package.json'));
const { packages, lockfileVersion } = readJson(path.join(workspace, 'package-lock.json'));

const names = selection[0] === '--bundle' ? packagesOfBundle(selection[1]) : selection;
const chosen = withTheirDependencies(names);
const root = {
  name: manifest.name,
  version: manifest.version,
  dependencies: Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`].version])),
};
mkdirSync(target, { recursive: true });
writeJson('package.json', { ...root, private: true });
writeJson('package-lock.json', {
  ...root,
  lockfileVersion,
  requires: true,
  packages: { '': root, ...chosen },
});

/** A bundle that needs a development package would start here and fail elsewhere: refused. */
function packagesOfBundle(file) {
  const required = readFileSync(file, 'utf8').matchAll(/^module\.exports = require\("([^"]+)"\);$/gm);
  const requests = [...new Set([...required].map(([, request]) => request))].filter(
    (name) => !isBuiltin(name),
  );
  const found = [...new Set(requests.map(packageName))].sort();
  const missing = found.filter((name) => manifest.dependencies[name] === undefined);
  if (missing.length === 0) return found;
  throw new Error(
    `${file} requires ${missing.join(', ')}, but an image holds only "dependencies" of package.json: move it there.`,
  );
}

function withTheirDependencies(wanted) {
  const result = {};
  const queue = wanted.map((name) => locate(name, '') ?? fail(name));
  for (const location of queue) {
    if (location in result) continue;
    const { dev: _dev, devOptional: _devOptional, ...entry } = packages[location];
    result[location] = entry;
    const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = entry;
    const peers = Object.keys(peerDependencies).filter(
      (name) => peerDependenciesMeta[name]?.optional !== true,
    );
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const found = locate(name, location);
      if (found !== undefined) queue.push(found);
    }
  }
  return result;
}

/** Where Node finds a package required from `from`: nested first, then upwards. */
function locate(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = path.posix.join(folder, 'node_modules', name);
    if (candidate in packages) return candidate;
    if (folder === '') return undefined;
  }
}

function packageName(request) {
  return request.split('/', request.startsWith('@') ? 2 : 1).join('/');
}

function fail(name) {
  throw new Error(`${name} is not in package-lock.json. Install it in the workspace first.`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(name, content) {
  writeFileSync(path.join(target, name), `${JSON.stringify(content, null, 2)}\n`);
}
