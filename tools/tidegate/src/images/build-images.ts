import type { Docker } from './docker';
import { imageBuilds, type Image, type Platform } from './image-builds';

export interface ImageToBuild {
  readonly image: Image;
  /** With its tag. */
  readonly name: string;
}

/** Builds one after the other: they share layers, and each uses all processors. */
export async function buildImages(
  docker: Docker,
  images: readonly ImageToBuild[],
  platform: Platform,
  print: (line: string) => void,
): Promise<void> {
  for (const { image, name } of images) {
    print(`Building ${name}`);
    await docker.build(name, imageBuilds[image].options, platform);
  }
}
