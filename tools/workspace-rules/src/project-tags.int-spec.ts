import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from './lint-texts';

interface Project {
  readonly file: string;
  readonly tags: readonly string[];
}

function projects(): Project[] {
  const folders = ['apps', 'libs', 'tools', 'infra'].filter((folder) =>
    existsSync(path.join(workspaceRoot, folder)),
  );
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(workspaceRoot, folder)).map((name) => path.join(folder, name, 'project.json')),
    )
    .filter((file) => existsSync(path.join(workspaceRoot, file)))
    .map((file) => ({
      file,
      ...(JSON.parse(readFileSync(path.join(workspaceRoot, file), 'utf8')) as { tags: string[] }),
    }));
}

describe('project tags', () => {
  it('give every project one type and one scope: the boundary rule says nothing about untagged ones', () => {
    const all = projects();
    expect(all.length).toBeGreaterThan(15);
    const wrong = all.filter(({ tags }) =>
      ['type:', 'scope:'].some((kind) => tags.filter((tag) => tag.startsWith(kind)).length !== 1),
    );
    expect(wrong).toEqual([]);
  });
});
