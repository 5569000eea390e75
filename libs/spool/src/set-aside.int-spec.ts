import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeClock } from '@tidegate/testing';
import { SetAside } from './set-aside';
import { SpoolFolder } from './spool-folder';

describe('what a spool sets aside', () => {
  let folder: string;
  let told: string[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-aside-'));
    told = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A line of it has about 70 bytes more than its text. */
  const opened = (maxBytes = 1e6, fileBytes = 1000): SetAside =>
    new SetAside(new SpoolFolder(folder, true), {
      ...{ isDurable: true, clock: new FakeClock(), maxBytes, fileBytes },
      onSetAside: (reason, bytes, isKept) => told.push(`${reason}: ${bytes}, ${isKept}`),
    });
  const add = (aside: SetAside, ...texts: string[]): Promise<void> =>
    aside.add(texts.map((text) => ({ bytes: Buffer.from(text), reason: `no ${text[0]}` })));
  const textsIn = async (name: string): Promise<string[]> => {
    const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { text: string }).text);
  };
  const everything = async (): Promise<string[]> => {
    const names = (await readdir(folder)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return (await Promise.all(names.map(textsIn))).flat();
  };

  it('goes on in further files, each readable by itself, also after a restart', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => String.fromCharCode(65 + index).repeat(200));
    for (const text of texts.slice(0, 20)) await add(opened(), text);
    const again = opened();
    for (const text of texts.slice(20)) await add(again, text);

    expect(await everything()).toEqual(texts);
    // Three lines fit into each.
    expect((await readdir(folder)).length).toBe(14);
    expect([again.count, told.length]).toEqual([20, 40]);
  });

  it('keeps what is larger than a file, and than all there may be when there is nothing else', async () => {
    const aside = opened(6000);
    await add(aside, 'a');
    await add(aside, 'b'.repeat(5000));
    await add(aside, 'c');
    expect(await textsIn('set-aside-2.ndjson')).toEqual(['b'.repeat(5000)]);
    expect(await textsIn('set-aside-3.ndjson')).toEqual(['c']);
    await expect(add(aside, 'd'.repeat(7000))).rejects.toMatchObject({ code: 'SPOOL_SET_ASIDE_FULL' });
    for (const name of await readdir(folder)) await rm(path.join(folder, name));
    await add(aside, 'd'.repeat(7000));
    expect(await textsIn('set-aside.ndjson')).toEqual(['d'.repeat(7000)]);
  });

  it('takes all of them or none when there is no room left, says so, and goes on when the files were moved away', async () => {
    const aside = opened(2000);
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'tidegate-test-aside-'));
    await add(aside, 'a'.repeat(800), 'b'.repeat(800));

    const refused = add(aside, 'c', 'd'.repeat(200), 'e');
    await expect(refused).rejects.toMatchObject({
      code: 'SPOOL_SET_ASIDE_FULL',
      message: expect.stringMatching(
        /set-aside\*\.ndjson, \d+ more would pass their limit of 2000/,
      ) as string,
      remedy: expect.stringContaining('move them') as string,
    });
    expect(await everything()).toEqual(['a'.repeat(800), 'b'.repeat(800)]);
    expect([aside.count, told]).toEqual([2, ['no a: 800, true', 'no b: 800, true']]);

    for (const name of await readdir(folder))
      await rename(path.join(folder, name), path.join(elsewhere, name));
    await add(aside, 'c', 'd'.repeat(200), 'e');
    expect(await textsIn('set-aside.ndjson')).toEqual(['c', 'd'.repeat(200), 'e']);
    await rm(elsewhere, { recursive: true });
  });

  it('tells nothing and counts nothing when it cannot be written', async () => {
    await mkdir(path.join(folder, 'set-aside.ndjson'));
    const aside = opened(1e6, 1e6);
    await expect(add(aside, 'a')).rejects.toThrow('EISDIR');
    await expect(aside.addDamage(Buffer.from('b'), 1, 8)).rejects.toThrow('EISDIR');
    expect([aside.count, told]).toEqual([0, []]);
    await rm(path.join(folder, 'set-aside.ndjson'), { recursive: true });
    await aside.addDamage(Buffer.from('b'), 1, 8);
    await aside.addDamage(Buffer.from('b'), 1, 8);
    expect([aside.count, await everything()]).toEqual([1, ['b']]);
  });
});
