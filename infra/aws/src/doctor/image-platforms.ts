import {
  BatchGetImageCommand,
  GetDownloadUrlForLayerCommand,
  RepositoryNotFoundException,
  type ECRClient,
  type Image,
} from '@aws-sdk/client-ecr';
import { z } from 'zod';

const TIMEOUT_MS = 10_000;

const platform = z.object({ os: z.string(), architecture: z.string() });
/** An image, or a list of images for several platforms; https://github.com/opencontainers/image-spec */
const manifestSchema = z.union([
  z.object({ manifests: z.array(z.object({ platform: platform.optional() })) }),
  z.object({ config: z.object({ digest: z.string() }) }),
]);

export interface ImageName {
  readonly registryId: string | undefined;
  readonly repositoryName: string;
  readonly imageDigest: string;
}

/**
 * What an image in ECR runs on, such as `linux/amd64`; undefined when ECR does not have it.
 *
 * @throws Error when ECR refuses, or what it has is no image
 */
export async function imagePlatforms(
  ecr: ECRClient,
  name: ImageName,
): Promise<readonly string[] | undefined> {
  const image = await findImage(ecr, name);
  if (image === undefined) return undefined;
  const manifest = manifestSchema.parse(JSON.parse(image.imageManifest ?? ''));
  const platforms =
    'manifests' in manifest
      ? manifest.manifests.flatMap((entry) => (entry.platform === undefined ? [] : [entry.platform]))
      : [await configOf(ecr, name, manifest.config.digest)];
  // What documents how the image was built stands in the list, too: unknown/unknown.
  return platforms
    .filter(({ os }) => os !== 'unknown')
    .map(({ os, architecture }) => `${os}/${architecture}`);
}

async function findImage(
  ecr: ECRClient,
  { registryId, repositoryName, imageDigest }: ImageName,
): Promise<Image | undefined> {
  try {
    const { images = [], failures = [] } = await ecr.send(
      new BatchGetImageCommand({ registryId, repositoryName, imageIds: [{ imageDigest }] }),
    );
    const [failure] = failures;
    if (failure === undefined || failure.failureCode === 'ImageNotFound') return images[0];
    throw new Error(`${repositoryName}: ${failure.failureCode}, ${failure.failureReason}`);
  } catch (error) {
    if (error instanceof RepositoryNotFoundException) return undefined;
    throw error;
  }
}

/** The configuration of an image says its platform; ECR keeps it as it keeps layers. */
async function configOf(
  ecr: ECRClient,
  { registryId, repositoryName }: ImageName,
  layerDigest: string,
): Promise<z.infer<typeof platform>> {
  const { downloadUrl } = await ecr.send(
    new GetDownloadUrlForLayerCommand({ registryId, repositoryName, layerDigest }),
  );
  if (downloadUrl === undefined) throw new Error(`ECR has no address for the configuration ${layerDigest}`);
  const answer = await fetch(downloadUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok)
    throw new Error(`the configuration of an image of ${repositoryName} was refused: ${answer.status}`);
  return platform.parse(await answer.json());
}
