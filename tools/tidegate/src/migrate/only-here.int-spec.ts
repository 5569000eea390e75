import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExportFolder } from './export-folder';
import { onlyHere } from './only-here';

describe('the folder of an export', () => {
  let parent: string;
  beforeEach(async () => (parent = await mkdtemp(path.join(tmpdir(), 'tidegate-test-migrate-'))));
  afterEach(() => rm(parent, { recursive: true }));

  const made = async (): Promise<ExportFolder> => {
    const folder = new ExportFolder(path.join(parent, 'moved'));
    await folder.make();
    return folder;
  };

  it('is used by one call at a time, and by the next when that one is over', async () => {
    const folder = await made();
    await onlyHere(folder.path, async () => {
      const other = onlyHere(folder.path, () => Promise.resolve('done'));
      await expect(other).rejects.toThrow(
        /^Process \d+ on .* uses the folder .*moved\. Expected one export or import at a time: /,
      );
    });
    expect(await onlyHere(folder.path, () => Promise.resolve('done'))).toBe('done');
    await expect(onlyHere(folder.path, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await onlyHere(folder.path, () => Promise.resolve('done'))).toBe('done');
  });

  it('counts as empty with the lock in it, and is left alone where there is none', async () => {
    const folder = await made();
    expect(await onlyHere(folder.path, () => folder.description())).toBeUndefined();
    const missing = path.join(parent, 'missing');
    expect(await onlyHere(missing, () => Promise.resolve('done'))).toBe('done');
    await expect(stat(missing)).rejects.toThrow('ENOENT');
  });

  it('is for its owner only, as secret as the server it comes from', async () => {
    const folder = await made();
    await folder.describe({
      ...{ format: 1, from: 'http://old', mlflowVersion: '3.17.2', skipsDeleted: false, isComplete: false },
    });
    const modeOf = async (name: string): Promise<number> =>
      (await stat(path.join(folder.path, name))).mode & 0o777;
    expect([await modeOf('.'), await modeOf('experiments'), await modeOf('artifacts/runs')]).toEqual([
      0o700, 0o700, 0o700,
    ]);
    expect(await modeOf('export.json')).toBe(0o600);
  });
});
