import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CacheFolder } from './cache-folder';
import { LastServed } from './last-served';
import { ModelCache } from './model-cache';
import type { ModelFile, ModelRegistry, ModelTarget } from './model-registry';
import type { ModelSelector } from './model-selector';

const SELECTOR: ModelSelector = { text: '..@production', name: '..', alias: 'production' };

const ALONE = (): void => undefined;

/** Everything a process has of the cache folder. */
interface Process {
  readonly cache: ModelCache;
  readonly lastServed: LastServed;
  readonly end: () => Promise<void>;
}

describe('ModelCache', () => {
  const { signal } = new AbortController();
  let root: string;
  let downloads: string[];
  let damages: string[];
  let failure: Error | undefined;
  let now: Process;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tidegate-test-cache-'));
    downloads = [];
    damages = [];
    failure = undefined;
    now = start();
  });

  afterEach(async () => {
    await now.end();
    await rm(root, { recursive: true });
  });

  function start(selectors: readonly ModelSelector[] = [SELECTOR]): Process {
    const folder = new CacheFolder(root, ALONE);
    const lastServed = new LastServed(folder, selectors);
    const registry: Pick<ModelRegistry, 'download'> = { download };
    const onDamaged = (target: ModelTarget, differences: readonly string[]): void => {
      damages.push(`${target.version}: ${differences.join('; ')}`);
    };
    const cache = new ModelCache({ folder, registry, lastServed, onDamaged });
    return { cache, lastServed, end: () => folder.close() };
  }

  async function restart(selectors?: readonly ModelSelector[]): Promise<void> {
    await now.end();
    now = start(selectors);
  }

  async function download(target: ModelTarget, folder: string): Promise<readonly ModelFile[]> {
    downloads.push(target.version);
    await mkdir(path.join(folder, 'data'), { recursive: true });
    if (failure !== undefined) throw failure;
    return Promise.all(
      ['model.onnx', 'data/weights'].map(async (file) => {
        const content = `${file} at ${target.location}`;
        await writeFile(path.join(folder, file), content);
        return { path: file, sizeBytes: content.length, sha256: sha256(content) };
      }),
    );
  }

  function target(version: string, location = `at-${version}`): ModelTarget {
    return { name: '..', version, location };
  }

  async function copies(model = '%2E%2E'): Promise<string[]> {
    const entries = await readdir(path.join(root, model)).catch(() => []);
    return entries.map((entry) => entry.replace(/-[0-9a-f]{12}$/, ''));
  }

  it('downloads a version once for two holders and keeps it until the last one gives it back', async () => {
    const [first, second] = await Promise.all([
      now.cache.hold(target('1'), signal),
      now.cache.hold(target('1'), signal),
    ]);
    expect(downloads).toHaveLength(1);
    expect(second.path).toBe(first.path);
    expect(await readFile(path.join(first.path, 'model.onnx'), 'utf8')).toBe('model.onnx at at-1');

    await first.release();
    await first.release();
    expect(await copies()).toEqual(['1']);
    await second.release();
    expect(await copies()).toEqual([]);
  });

  it('keeps the same version of another location apart, and what is held when another goes', async () => {
    const old = await now.cache.hold(target('1'), signal);
    const moved = await now.cache.hold(target('1', 'elsewhere'), signal);
    expect(moved.path).not.toBe(old.path);

    await old.release();
    expect(await readFile(path.join(moved.path, 'model.onnx'), 'utf8')).toBe('model.onnx at elsewhere');
    expect(await copies()).toEqual(['1']);
  });

  it('fetches a broken version anew, and leaves nothing of a download that failed', async () => {
    const broken = await now.cache.hold(target('1'), signal);
    await broken.release(true);
    expect(await copies()).toEqual([]);

    failure = new Error('registry away');
    await expect(now.cache.hold(target('1'), signal)).rejects.toThrow('registry away');
    expect(await copies()).toEqual([]);
    failure = undefined;
    await now.cache.hold(target('1'), signal);
    expect(downloads).toHaveLength(3);
  });

  it('hands out whole files while their last holder gives them back', async () => {
    const held = await now.cache.hold(target('1'), signal);
    const [, again] = await Promise.all([held.release(), now.cache.hold(target('1'), signal)]);
    expect(await readFile(path.join(again.path, 'data/weights'), 'utf8')).toBe('data/weights at at-1');
    expect(await copies()).toEqual(['1']);
  });

  describe('after a restart', () => {
    let files: string;

    beforeEach(async () => {
      files = (await now.cache.hold(target('1'), signal)).path;
      await now.lastServed.write(SELECTOR, target('1'));
    });

    it('uses what served last without a download', async () => {
      await restart();
      const last = await now.lastServed.read(SELECTOR);
      expect(last).toEqual(target('1'));
      expect((await now.cache.hold(target('1'), signal)).path).toBe(files);
      expect(downloads).toEqual(['1']);
      expect(damages).toEqual([]);
    });

    const damage: [string, () => Promise<void>, string][] = [
      [
        'is cut short',
        () => truncate(path.join(files, 'model.onnx'), 5),
        'model.onnx: expected 18 bytes, has 5',
      ],
      [
        'has other bytes',
        () => writeFile(path.join(files, 'data/weights'), 'data/WEIGHTS at at-1'),
        'data/weights: expected SHA-256',
      ],
      ['is missing', () => rm(path.join(files, 'data/weights')), 'data/weights: is missing'],
    ];

    it.each(damage)('fetches a copy anew in which a file %s', async (_what, harm, said) => {
      await harm();
      await restart();

      await now.cache.hold(target('1'), signal);
      expect(await readFile(path.join(files, 'data/weights'), 'utf8')).toBe('data/weights at at-1');
      expect(await readFile(path.join(files, 'model.onnx'), 'utf8')).toBe('model.onnx at at-1');
      expect(damages).toEqual([expect.stringContaining(said)]);
    });

    it('never hands out a damaged copy while it cannot be fetched anew', async () => {
      await truncate(path.join(files, 'model.onnx'), 5);
      await restart();
      failure = new Error('registry away');

      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(now.cache.hold(target('1'), signal)).rejects.toThrow('registry away');
      }
    });

    it('takes a copy without a manifest, or with half of one, for half a download', async () => {
      for (const half of ['', '{"files": [']) {
        await writeFile(path.join(files, '../manifest.json'), half);
        await restart();
        await now.cache.hold(target('1'), signal);
      }
      expect(downloads).toEqual(['1', '1', '1']);
    });

    it('removes what a killed process left, and models that are not served any more', async () => {
      await mkdir(path.join(root, '%2E%2E', '2-0123456789ab', 'model.partial-x'), { recursive: true });
      await mkdir(path.join(root, 'other', '1-0123456789ab'), { recursive: true });
      await restart();

      await now.cache.hold(target('3'), signal);
      expect((await copies()).sort()).toEqual(['1', '3']);
      expect(await copies('other')).toEqual([]);

      await restart([{ text: '..@champion', name: '..', alias: 'champion' }]);
      await now.cache.hold(target('4'), signal);
      expect(await copies()).toEqual(['4']);
      expect(await readdir(path.join(root, '.last-served'))).toEqual([]);
    });

    it('keeps what served last, although a holder takes it for broken: its files are what they were', async () => {
      await restart();
      const held = await now.cache.hold(target('1'), signal);
      await held.release(true);
      expect(await copies()).toEqual(['1']);
    });

    it('gives up what served last when another version has served', async () => {
      await restart();
      const held = await now.cache.hold(target('2'), signal);
      await now.lastServed.write(SELECTOR, target('2'));
      await held.release();
      expect(await copies()).toEqual(['2']);
    });
  });

  describe('hashes that the registry expects', () => {
    const good = sha256('model.onnx at at-1');

    it('let a version pass that has them', async () => {
      const held = await now.cache.hold({ ...target('1'), expectedHashes: { 'model.onnx': good } }, signal);
      expect(await readdir(held.path)).toContain('model.onnx');
    });

    it.each([
      ['another hash', { 'model.onnx': sha256('other') }, 'model.onnx: expected SHA-256'],
      ['a file that is not there', { 'model.bin': good }, 'model.bin: expected a file with SHA-256'],
    ])(
      'refuse a version with %s, also when it is on the disk already',
      async (_what, expectedHashes, said) => {
        await now.cache.hold(target('1'), signal);
        const hold = now.cache.hold({ ...target('1'), expectedHashes }, signal);
        await expect(hold).rejects.toMatchObject({
          code: 'MODEL_INVALID',
          message: expect.stringContaining(said) as string,
        });
        expect(await copies()).toEqual([]);
      },
    );
  });

  it.each([
    ['ENOSPC', 'MODEL_CACHE_FULL'],
    ['EDQUOT', 'MODEL_CACHE_FULL'],
    ['EROFS', 'MODEL_CACHE_UNUSABLE'],
    ['EACCES', 'MODEL_CACHE_UNUSABLE'],
  ])(
    'says what to do when the disk says %s, and goes on when it does not any more',
    async (code, expected) => {
      failure = Object.assign(new Error(`${code}: as told`), { code });
      const problem = { code: expected, remedy: expect.stringContaining('MODEL_CACHE_DIR') as string };
      await expect(now.cache.hold(target('1'), signal)).rejects.toMatchObject(problem);
      expect(await copies()).toEqual([]);
      failure = undefined;
      await now.cache.hold(target('1'), signal);
    },
  );

  it('stores models of any name, each in a folder of its own', async () => {
    const names = ['a/../../b', 'ü'.repeat(200), `${'ü'.repeat(199)}x`, '.hidden', 'a b?*', 'lock', '.lock'];
    for (const name of names) await now.cache.hold({ ...target('1'), name }, signal);
    const folders = (await readdir(root)).filter((entry) => !entry.startsWith('.'));
    expect(folders).toHaveLength(names.length);
  });

  it('comes to life when its folder does', async () => {
    await now.end();
    const file = path.join(root, 'file');
    await writeFile(file, '');
    const folder = new CacheFolder(path.join(file, 'cache'), ALONE);
    const problem = { code: 'MODEL_CACHE_UNUSABLE', message: expect.stringContaining('ENOTDIR') as string };
    await expect(folder.open()).rejects.toMatchObject(problem);
    await rm(file);
    expect(await folder.open()).toBe(path.join(file, 'cache'));
    await folder.close();
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
