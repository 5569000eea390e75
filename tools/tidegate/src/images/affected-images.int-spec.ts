import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import { affectedImages } from './affected-images';
import { imageBuilds } from './image-builds';

describe('the images that commits can have changed', () => {
  it('are none between a commit and itself', async () => {
    expect(await affectedImages(workspaceRoot, 'HEAD')).toEqual(new Set());
  }, 120_000);

  it('are told by projects that exist', () => {
    const projects = new Set(Object.values(imageBuilds).flatMap((build) => build.projects));
    const nameIn = (folder: string, project: string): unknown => {
      const file = path.join(workspaceRoot, folder, project, 'project.json');
      return existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as { name: unknown }).name
        : undefined;
    };
    const missing = [...projects].filter(
      (name) => ![nameIn('apps', name), nameIn('infra', name)].includes(name),
    );
    expect(missing).toEqual([]);
  });
});
