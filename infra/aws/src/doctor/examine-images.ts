import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { imageProblems, type Problem } from '../checks';
import type { Environment } from '../environments';

/** `123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev/api@sha256:…` */
const OWN_IMAGE = /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([^@]+)@(sha256:[0-9a-f]{64})$/;
const ABSENT = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

/**
 * The variable `images` of the services stack, and whether ECR has each.
 *
 * @param images undefined when the file is missing
 */
export async function releaseProblems(
  ecr: ECRClient,
  images: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
  environment: Environment,
): Promise<readonly Problem[]> {
  if (images === undefined)
    return [
      {
        what: `infra/aws/images.${environment.name}.tfvars.json is missing: it is not known which images are to run.`,
        expected: 'every image by its digest.',
        remedy: `Run "tidegate images push ${environment.name}"; the storage stack with the repositories has to be there.`,
      },
    ];
  const problems = [...imageProblems(images, names, environment)];
  for (const [name, image] of Object.entries(images)) {
    const [, registryId, repositoryName, imageDigest] = OWN_IMAGE.exec(image) ?? [];
    if (repositoryName === undefined || imageDigest === undefined) continue;
    if (await hasImage(ecr, { registryId, repositoryName, imageDigest })) continue;
    problems.push({
      what: `ECR does not have the image of ${name}, ${repositoryName}@${imageDigest.slice(0, 19)}….`,
      expected: 'every image of the file to be in its repository.',
      remedy: `Run "tidegate images push ${environment.name}" again.`,
    });
  }
  return problems;
}

async function hasImage(
  ecr: ECRClient,
  image: { registryId: string | undefined; repositoryName: string; imageDigest: string },
): Promise<boolean> {
  const { registryId, repositoryName, imageDigest } = image;
  try {
    const imageIds = [{ imageDigest }];
    await ecr.send(new DescribeImagesCommand({ registryId, repositoryName, imageIds }));
    return true;
  } catch (error) {
    if (error instanceof Error && ABSENT.has(error.name)) return false;
    throw error;
  }
}
