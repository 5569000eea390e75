import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error';
import { IMAGES, type Image } from './image-builds';

/** Each image of a release by digest: `<repository>@sha256:…`. */
export type ReleaseImages = Readonly<Record<Image, string>>;

const fileSchema = z.object({
  images: z.record(
    z.enum(IMAGES),
    z.string().regex(/@sha256:[0-9a-f]{64}$/, 'expected <repository>@sha256:…'),
  ),
});

/** Where Terraform's variable `images` of an environment is kept, from the workspace's root. */
export function releaseFile(environment: string): string {
  return `infra/aws/images.${environment}.tfvars.json`;
}

export async function writeRelease(
  workspaceRoot: string,
  environment: string,
  images: ReleaseImages,
): Promise<void> {
  const text = `${JSON.stringify({ images }, undefined, 2)}\n`;
  await writeFile(path.join(workspaceRoot, releaseFile(environment)), text);
}

/** @throws CommandError when there is none, or it is none of ours */
export async function readRelease(workspaceRoot: string, environment: string): Promise<ReleaseImages> {
  const file = releaseFile(environment);
  const remedy = `Expected what "tidegate images push ${environment}" writes: run it first.`;
  let text: string;
  try {
    text = await readFile(path.join(workspaceRoot, file), 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). ${remedy}`);
  }
  try {
    return fileSchema.parse(JSON.parse(text)).images;
  } catch (error) {
    const cause = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new CommandError(`${file} cannot be used: ${cause}\n${remedy}`);
  }
}
