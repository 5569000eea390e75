import type { ECRClient } from '@aws-sdk/client-ecr';
import { imageProblems, type Problem } from '../checks';
import type { Environment } from '../environments';
import { imagePlatforms } from './image-platforms';

/** `123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev/api@sha256:…` */
const OWN_IMAGE = /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([^@]+)@(sha256:[0-9a-f]{64})$/;
/** As images name what `tasks.architecture` says. */
const PLATFORMS = { X86_64: 'linux/amd64', ARM64: 'linux/arm64' } as const;

/**
 * The variable `images` of the services stack, and whether ECR has each, for the processors of the
 * tasks.
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
    const platforms = await imagePlatforms(ecr, { registryId, repositoryName, imageDigest });
    problems.push(
      ...pushedProblems(`${name}, ${repositoryName}@${imageDigest.slice(0, 19)}…`, platforms, environment),
    );
  }
  return problems;
}

/** @param platforms undefined when ECR does not have the image */
function pushedProblems(
  image: string,
  platforms: readonly string[] | undefined,
  { name, tasks: { architecture } }: Environment,
): readonly Problem[] {
  if (platforms === undefined)
    return [
      {
        what: `ECR does not have the image of ${image}.`,
        expected: 'every image of the file to be in its repository.',
        remedy: `Run "tidegate images push ${name}" again.`,
      },
    ];
  const wanted = PLATFORMS[architecture];
  if (platforms.includes(wanted)) return [];
  return [
    {
      what: `The image of ${image}, runs on ${platforms.join(', ') || 'a platform that it does not name'}: its tasks would end with "exec format error".`,
      expected: `${wanted}, since tasks.architecture is ${architecture}.`,
      remedy: `Build it with "tidegate images push ${name} --platform ${wanted}" from a commit that was not pushed yet, or change tasks.architecture.`,
    },
  ];
}
