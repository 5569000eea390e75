import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactEntry, ArtifactSource } from './artifact-source';
import { downloadFolder } from './download-folder';

/** A store that says and sends exactly what it is told, true or not. */
class ScriptedSource implements ArtifactSource {
  readonly opened: string[] = [];

  constructor(
    private readonly listings: Record<string, ArtifactEntry[]>,
    private readonly sent: (file: string) => AsyncIterable<Uint8Array>,
  ) {}

  list(folder: string): Promise<ArtifactEntry[]> {
    return Promise.resolve(this.listings[folder] ?? []);
  }

  open(file: string): AsyncIterable<Uint8Array> {
    this.opened.push(file);
    return this.sent(file);
  }
}

/** As from a socket: one after the other. */
async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

let scratch: string;
let target: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'download-folder-'));
  target = join(scratch, 'model');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

describe('a store that lies', () => {
  const cases: [string, ArtifactEntry[], string, string][] = [
    [
      'sends more than it listed',
      [{ name: 'a', isFolder: false, sizeBytes: 3 }],
      'four',
      'MLFLOW_DOWNLOAD_CORRUPT',
    ],
    [
      'sends less than it listed',
      [{ name: 'a', isFolder: false, sizeBytes: 5 }],
      'four',
      'MLFLOW_DOWNLOAD_CORRUPT',
    ],
    [
      'tells no size and sends too much',
      [{ name: 'a', isFolder: false }],
      'x'.repeat(11),
      'MLFLOW_DOWNLOAD_TOO_LARGE',
    ],
    [
      'lists a file twice',
      [
        { name: 'a', isFolder: false },
        { name: 'a', isFolder: false },
      ],
      'x',
      'EEXIST',
    ],
  ];

  it.each(cases)('%s: nothing is left behind', async (_what, listing, text, code) => {
    const source = new ScriptedSource({ '': listing }, () => chunks(text.slice(0, 2), text.slice(2)));
    await expect(downloadFolder(source, target, { maxBytes: 10 })).rejects.toMatchObject({ code });
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each(['..', '.', '', '../x', 'a/b', '/etc', 'a\\b', 'a\0b', 'a\nb'])(
    'names an artifact %j: refused',
    async (name) => {
      const source = new ScriptedSource({ '': [{ name, isFolder: false }] }, () => chunks('x'));
      const download = downloadFolder(source, target, { maxBytes: 10 });
      await expect(download).rejects.toMatchObject({ code: 'MLFLOW_ARTIFACT_NAME_REFUSED' });
      expect(source.opened).toEqual([]);
    },
  );

  it('lists folders without end: stopped', async () => {
    const source = new ScriptedSource({}, () => chunks('x'));
    source.list = () => Promise.resolve([{ name: 'deeper', isFolder: true }]);
    const download = downloadFolder(source, target, { maxBytes: 10, maxEntries: 50 });
    await expect(download).rejects.toMatchObject({ code: 'MLFLOW_DOWNLOAD_TOO_LARGE' });
  });
});

describe('limits', () => {
  it('counts all files together while they stream', async () => {
    const listing = ['a', 'b', 'c'].map((name) => ({ name, isFolder: false }));
    const source = new ScriptedSource({ '': listing }, () => chunks('12', '34'));
    await expect(downloadFolder(source, target, { maxBytes: 11 })).rejects.toMatchObject({
      code: 'MLFLOW_DOWNLOAD_TOO_LARGE',
    });
    expect((await downloadFolder(source, target, { maxBytes: 12 })).totalBytes).toBe(12);
    expect(await readFile(join(target, 'c'), 'utf8')).toBe('1234');
  });

  it('tells the hash of each file, as it is on the disk', async () => {
    const source = new ScriptedSource({ '': [{ name: 'a', isFolder: false }] }, () => chunks('ab', 'c'));
    const { files } = await downloadFolder(source, target, { maxBytes: 3 });
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(files).toEqual([{ path: 'a', sizeBytes: 3, sha256 }]);
  });

  it('fetches no byte when the disk has no room for what is listed', async () => {
    const sizeBytes = 2 ** 60;
    const source = new ScriptedSource({ '': [{ name: 'a', isFolder: false, sizeBytes }] }, () => chunks('x'));
    await expect(downloadFolder(source, target, { maxBytes: 2 ** 61 })).rejects.toMatchObject({
      code: 'ENOSPC',
      message: expect.stringContaining(`The artifacts are ${sizeBytes} bytes`) as string,
    });
    expect(source.opened).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('fetches no byte when the listing already says too large', async () => {
    const source = new ScriptedSource({ '': [{ name: 'a', isFolder: false, sizeBytes: 11 }] }, () =>
      chunks('x'),
    );
    await expect(downloadFolder(source, target, { maxBytes: 10 })).rejects.toMatchObject({
      code: 'MLFLOW_DOWNLOAD_TOO_LARGE',
    });
    expect(source.opened).toEqual([]);
  });
});

it('leaves an existing target alone', async () => {
  await mkdir(target);
  const source = new ScriptedSource({ '': [{ name: 'a', isFolder: false }] }, () => chunks('x'));
  await expect(downloadFolder(source, target, { maxBytes: 10 })).rejects.toThrow('exists already');
  expect(await readdir(target)).toEqual([]);
});

it('rejects with the reason of an abort in the middle of a file and leaves nothing behind', async () => {
  const stopper = new AbortController();
  const source = new ScriptedSource({ '': [{ name: 'a', isFolder: false }] }, async function* () {
    yield await Promise.resolve(Buffer.from('first'));
    stopper.abort(new Error('shutting down'));
    yield Buffer.from('second');
  });
  const download = downloadFolder(source, target, { maxBytes: 100, signal: stopper.signal });
  await expect(download).rejects.toThrow('shutting down');
  expect(await readdir(scratch)).toEqual([]);
});
