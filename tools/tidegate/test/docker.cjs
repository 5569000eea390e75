// Stands in for docker where there is no container engine: docker.cjs <file for calls> <arguments of docker>
const { createHash } = require('node:crypto');
const { appendFileSync, readFileSync } = require('node:fs');

const [callsFile, command, ...args] = process.argv.slice(2);
const input = command === 'login' ? ` < ${readFileSync(0, 'utf8')}` : '';
appendFileSync(callsFile, `${[command, ...args].join(' ')}${input}\n`);
if (command === 'push') void push(args[0]);

/** By the API's own protocol, since starting the SDK takes seconds. */
async function push(name) {
  const [, repositoryName, imageTag] = /^[^/]+\/([^:]+):(.+)$/.exec(name);
  const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 1, digest },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: 1, digest }],
  });
  const { AWS_ENDPOINT_URL, AWS_REGION } = process.env;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${AWS_REGION}/ecr/aws4_request`,
    },
    body: JSON.stringify({ repositoryName, imageTag, imageManifest }),
  });
  if (!answer.ok) throw new Error(`the registry refused ${name}: ${await answer.text()}`);
}
