/**
 * Puts an image into the simulated ECR by the API's own protocol, since starting the SDK takes seconds.
 * @param {string} name `<host>/<repository>:<tag>`
 * @param {string} imageManifest
 * @param {string} imageDigest
 */
module.exports.putImage = async function putImage(name, imageManifest, imageDigest) {
  const [, repositoryName, imageTag] = /^[^/]+\/([^:]+):(.+)$/.exec(name);
  const { AWS_ENDPOINT_URL, AWS_REGION } = process.env;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${AWS_REGION}/ecr/aws4_request`,
    },
    body: JSON.stringify({ repositoryName, imageTag, imageManifest, imageDigest }),
  });
  if (!answer.ok) throw new Error(`the registry refused ${name}: ${await answer.text()}`);
};
