import { createHash } from 'node:crypto';
import {
  CompleteLayerUploadCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Pushes an image without layers, as docker does: first its configuration, then what names it. Gives its digest. */
export async function pushImage(
  ecr: ECRClient,
  repositoryName: string,
  platform: { readonly os: string; readonly architecture: string },
): Promise<string> {
  const content = Buffer.from(
    JSON.stringify({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const digest = digestOf(content);
  const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  await ecr.send(
    new UploadLayerPartCommand({
      ...{ repositoryName, uploadId, layerPartBlob: content },
      ...{ partFirstByte: 0, partLastByte: content.length - 1 },
    }),
  );
  await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));
  return putManifest(ecr, repositoryName, DOCKER, {
    config: { digest, size: content.length, mediaType: 'application/vnd.docker.container.image.v1+json' },
    layers: [],
  });
}

/** Pushes the list that names an image for each of several platforms. Gives its digest. */
export function pushIndex(
  ecr: ECRClient,
  repositoryName: string,
  manifests: readonly { readonly digest: string; readonly platform: object }[],
): Promise<string> {
  return putManifest(ecr, repositoryName, INDEX, {
    manifests: manifests.map((manifest) => ({ ...manifest, mediaType: DOCKER, size: 1 })),
  });
}

async function putManifest(
  ecr: ECRClient,
  repositoryName: string,
  mediaType: string,
  content: object,
): Promise<string> {
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
  const imageDigest = digestOf(imageManifest);
  await ecr.send(
    new PutImageCommand({
      ...{ repositoryName, imageTag: imageDigest.slice(-12), imageDigest },
      ...{ imageManifest, imageManifestMediaType: mediaType },
    }),
  );
  return imageDigest;
}

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
