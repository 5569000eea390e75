// docker by buildah: docker-of-kit.cjs <registry> <workspace> <file for calls> <arguments of docker>
// Builds what the workspace has, and pushes to a registry of the test's own instead of the one in the image's name; the
// simulated ECR, which takes no layers, gets the manifest.
const { execFileSync } = require('node:child_process');
const { appendFileSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { putImage } = require('./put-image.cjs');

const [registry, workspace, callsFile, command, ...args] = process.argv.slice(2);
const kit = path.join(workspace, 'infra/images/kit');
const run = (program, ...programArgs) =>
  execFileSync(program, programArgs, { stdio: ['ignore', 2, 2], cwd: workspace });

const commands = {
  login: () => {
    if (readFileSync(0, 'utf8').trim() === '') throw new Error('no password');
  },
  build: () => {
    const tag = args[args.indexOf('--tag') + 1];
    const options = args.slice(0, args.indexOf('--tag'));
    run(path.join(kit, 'base-images.sh'));
    run(path.join(kit, 'build.sh'), tag, workspace, ...options);
  },
  push: async () => {
    const [name] = args;
    const [, repository, tag] = /^[^/]+\/([^:]+):(.+)$/.exec(name);
    const push = '. "$1/store.sh"; buildah push --quiet --tls-verify=false "$2" "docker://$3"';
    run('bash', '-c', push, 'push', kit, name, `${registry}/${repository}:${tag}`);
    const answer = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    });
    await putImage(name, await answer.text(), answer.headers.get('docker-content-digest'));
  },
};

appendFileSync(callsFile, `${[command, ...args].join(' ')}\n`);
Promise.resolve()
  .then(commands[command])
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
