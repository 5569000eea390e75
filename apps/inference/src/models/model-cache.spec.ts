import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ModelCache } from './model-cache';
import type { ModelRegistry, ModelTarget } from './model-registry';

describe('ModelCache', () => {
  const { signal } = new AbortController();
  let root: string;
  let downloads: ModelTarget[];
  let failure: Error | undefined;
  let cache: ModelCache;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tidegate-test-cache-'));
    downloads = [];
    failure = undefined;
    const registry: ModelRegistry = {
      resolve: () => Promise.reject(new Error('not asked here')),
      download: async (target, folder) => {
        downloads.push(target);
        if (failure !== undefined) throw failure;
        await mkdir(folder);
        await writeFile(path.join(folder, 'model.onnx'), target.location);
      },
    };
    cache = new ModelCache(root, registry);
  });

  afterEach(() => rm(root, { recursive: true }));

  function target(version: string, location = `at-${version}`): ModelTarget {
    return { name: '..', version, location };
  }

  function folders(): Promise<string[]> {
    return readdir(path.join(root, '%2E%2E'));
  }

  it('downloads a version once for two holders and keeps it until the last one gives it back', async () => {
    const [first, second] = await Promise.all([
      cache.hold(target('1'), signal),
      cache.hold(target('1'), signal),
    ]);
    expect(downloads).toHaveLength(1);
    expect(second.path).toBe(first.path);
    expect(await readFile(path.join(first.path, 'model.onnx'), 'utf8')).toBe('at-1');

    await first.release();
    expect(await folders()).toEqual([path.basename(first.path)]);
    await second.release();
    expect(await folders()).toEqual([]);
  });

  it('keeps the same version of another location apart, and what is held when another goes', async () => {
    const old = await cache.hold(target('1'), signal);
    const moved = await cache.hold(target('1', 'elsewhere'), signal);
    expect(moved.path).not.toBe(old.path);

    await old.release();
    expect(await folders()).toEqual([path.basename(moved.path)]);
  });

  it('uses what the last process left complete, and removes what it left half', async () => {
    const held = await cache.hold(target('1'), signal);
    await mkdir(path.join(root, '%2E%2E', '0-old.partial-x'));
    const next = new ModelCache(root, {
      resolve: () => Promise.reject(new Error('not asked here')),
      download: () => Promise.reject(new Error('not needed')),
    });

    const again = await next.hold(target('1'), signal);
    expect(again.path).toBe(held.path);
    await again.release();
    expect(await folders()).toEqual([]);
  });

  it('fetches a broken version anew, and forgets a download that failed', async () => {
    const broken = await cache.hold(target('1'), signal);
    await broken.release(true);
    expect(await folders()).toEqual([]);

    failure = new Error('registry away');
    await expect(cache.hold(target('1'), signal)).rejects.toThrow('registry away');
    failure = undefined;
    await cache.hold(target('1'), signal);
    expect(downloads).toHaveLength(3);
  });
});
