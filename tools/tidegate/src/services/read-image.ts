import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { TaskDefinition } from '@aws-sdk/client-ecs';

/** What a container is made of. */
export interface ImageVersion {
  readonly reference: string;
  /** `sha256:…`; undefined when the image is named by a tag. */
  readonly digest?: string;
  /** In ECR; `tidegate images push` gives each image the commit's hash. Empty when they cannot be read. */
  readonly tags: readonly string[];
}

const ECR_DIGEST = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/(.+)@(sha256:[0-9a-f]{64})$/;

/** The image of a task definition's first container, which is the service itself. */
export async function readImage(ecr: ECRClient, definition: TaskDefinition): Promise<ImageVersion> {
  const reference = definition.containerDefinitions?.[0]?.image ?? '';
  const [, repositoryName, digest] = ECR_DIGEST.exec(reference) ?? [];
  if (digest === undefined) return { reference, tags: [] };
  return { reference, digest, tags: await tagsOf(ecr, repositoryName, digest) };
}

/** Tags only make the digest readable: without a right to ECR, or after the image was removed, the digest is enough. */
async function tagsOf(ecr: ECRClient, repositoryName: string | undefined, imageDigest: string) {
  try {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] }),
    );
    return imageDetails.flatMap(({ imageTags = [] }) => imageTags);
  } catch {
    return [];
  }
}

/** The commit where it is known, else the digest; both short. */
export function shortVersionOf({ reference, digest, tags }: ImageVersion): string {
  const [tag] = tags;
  if (tag !== undefined) return tag.slice(0, 12);
  if (digest !== undefined) return digest.slice(0, 'sha256:'.length + 12);
  return reference;
}
