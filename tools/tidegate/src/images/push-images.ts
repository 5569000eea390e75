import { CommandError } from '../command-error';
import { buildImages } from './build-images';
import type { Docker } from './docker';
import { IMAGES, type Image, type Platform } from './image-builds';
import type { Registry } from './registry';
import type { ReleaseImages } from './release-file';

export interface PushPlan {
  /** Tag of every image. */
  readonly release: string;
  /** What is checked out is that release, so what is missing can be built. */
  readonly canBuild: boolean;
  /** Images that are the same in an earlier release, with its tag. */
  readonly unchanged: ReadonlyMap<Image, string>;
  readonly platform: Platform;
}

/**
 * Makes sure that the registry has every image of the release: those it has already stay, unchanged ones get the tag, the
 * rest is built and pushed.
 *
 * @throws CommandError when an image is missing and cannot be built
 */
export async function pushImages(
  registry: Registry,
  docker: Docker,
  plan: PushPlan,
  print: (line: string) => void,
): Promise<ReleaseImages> {
  const repositories = await registry.repositories();
  const missing = [];
  for (const image of IMAGES) {
    const state = await stateOf(image, registry, plan);
    if (state === 'missing') missing.push({ image, name: `${repositories[image]}:${plan.release}` });
    else print(`${image} is in the registry (${state})`);
  }
  if (missing.length > 0 && !plan.canBuild)
    throw new CommandError(
      `The registry has no image ${missing.map(({ image }) => image).join(', ')} of release ${plan.release}, ` +
        'and another commit is checked out. Expected a release that was pushed before: check it out and push it, or choose another.',
    );
  if (missing.length > 0) {
    await buildImages(docker, missing, plan.platform, print);
    await docker.login(await registry.login());
    for (const { name } of missing) await docker.push(name);
  }
  return digests(registry, repositories, plan.release);
}

async function stateOf(
  image: Image,
  registry: Registry,
  { release, unchanged }: PushPlan,
): Promise<'pushed before' | 'unchanged' | 'missing'> {
  if ((await registry.digestOf(image, release)) !== undefined) return 'pushed before';
  const earlier = unchanged.get(image);
  if (earlier !== undefined && (await registry.addTag(image, earlier, release))) return 'unchanged';
  return 'missing';
}

async function digests(
  registry: Registry,
  repositories: Readonly<Record<Image, string>>,
  release: string,
): Promise<ReleaseImages> {
  const entries = IMAGES.map(async (image) => {
    const digest = await registry.digestOf(image, release);
    if (digest === undefined)
      throw new CommandError(
        `${repositories[image]}:${release} was pushed, but the registry does not know it. Expected docker to push to the account and region of the AWS credentials.`,
      );
    return [image, `${repositories[image]}@${digest}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as ReleaseImages;
}
