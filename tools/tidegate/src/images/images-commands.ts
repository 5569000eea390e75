import { ECRClient } from '@aws-sdk/client-ecr';
import { CommandError } from '../command-error';
import type { ImagesCommand } from '../command-line';
import { affectedImages } from './affected-images';
import { buildImages } from './build-images';
import { Checkout } from './checkout';
import { Docker } from './docker';
import { IMAGES, type Image } from './image-builds';
import { pushImages } from './push-images';
import { Registry } from './registry';
import { releaseFile, writeRelease, type ReleaseImages } from './release-file';

export interface ImagesContext {
  readonly workspaceRoot: string;
  readonly print: (line: string) => void;
  /** What docker prints goes to standard error. @default false */
  readonly isQuiet?: boolean;
}

export interface BuiltImages {
  readonly release: string;
  /** With their tags. */
  readonly images: readonly string[];
}

export interface PushedImages {
  readonly release: string;
  readonly images: ReleaseImages;
}

/** `tidegate images build`: for this machine, nothing leaves it. */
export async function imagesBuild(
  command: ImagesCommand,
  { workspaceRoot, print, isQuiet = false }: ImagesContext,
): Promise<BuiltImages> {
  if (command.release !== undefined)
    throw new CommandError('--release is for "images push": what is checked out is built.');
  const release = await new Checkout(workspaceRoot).release(command.allowsChanges);
  const changed = await changedImages(workspaceRoot, command.since);
  const images = changed.map((image) => ({
    image,
    name: `${command.installation.prefix}/${image}:${release}`,
  }));
  await buildImages(new Docker(workspaceRoot, isQuiet), images, command.platform, print);
  print(
    `Built for ${command.platform}: ${images.map(({ name }) => name).join(', ') || 'nothing, since nothing changed'}`,
  );
  return { release, images: images.map(({ name }) => name) };
}

/** `tidegate images push` */
export async function imagesPush(
  command: ImagesCommand,
  { workspaceRoot, print, isQuiet = false }: ImagesContext,
): Promise<PushedImages> {
  const { installation, platform } = command;
  const checkout = new Checkout(workspaceRoot);
  const { release, canBuild } = await releaseToPush(checkout, command);
  const registry = new Registry(new ECRClient({ region: installation.region }), installation);
  const unchanged = canBuild ? await unchangedImages(checkout, command.since) : new Map<Image, string>();
  const plan = { release, canBuild, unchanged, platform };
  const images = await pushImages(registry, new Docker(workspaceRoot, isQuiet), plan, print);
  await writeRelease(workspaceRoot, installation.environment, images);
  print(`Release ${release} is in ${releaseFile(installation.environment)}`);
  return { release, images };
}

async function releaseToPush(
  checkout: Checkout,
  { release, allowsChanges }: ImagesCommand,
): Promise<{ release: string; canBuild: boolean }> {
  if (release === undefined) return { release: await checkout.release(allowsChanges), canBuild: true };
  return { release: await checkout.commitOf(release), canBuild: false };
}

async function unchangedImages(checkout: Checkout, since: string | undefined): Promise<Map<Image, string>> {
  if (since === undefined) return new Map();
  const earlier = await checkout.commitOf(since);
  const changed = new Set(await changedImages(checkout.folder, earlier));
  return new Map(IMAGES.filter((image) => !changed.has(image)).map((image) => [image, earlier]));
}

async function changedImages(workspaceRoot: string, since: string | undefined): Promise<readonly Image[]> {
  if (since === undefined) return IMAGES;
  const affected = await affectedImages(workspaceRoot, since);
  return IMAGES.filter((image) => affected.has(image));
}
