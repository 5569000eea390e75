import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { payloads, removeAll, textsIn, useSpools } from '../test/use-spools';
import type { Spool } from './spool';

describe('a spool whose files are not what was written', () => {
  const spools = useSpools();

  async function change(edit: (content: Buffer) => void, at = 0): Promise<void> {
    const file = (await spools.segmentFiles())[at] ?? '';
    const content = await readFile(file);
    edit(content);
    await writeFile(file, content);
  }

  async function lettersIn(spool: Spool): Promise<string> {
    return (await textsIn(spool)).map((text) => text[0]).join('');
  }

  it('cuts off an append that was cut short, and says nothing, since nobody was told it was there', async () => {
    let spool = await spools.open();
    await spool.append(payloads('whole', 'torn away'));
    await spool.close();
    const [file = ''] = await spools.segmentFiles();
    const whole = await readFile(file);
    const size = whole.length;
    // In its payload, at its end, in its header.
    for (const left of [size - 3, size - 9, size - 15]) {
      await writeFile(file, whole.subarray(0, left));
      spool = await spools.open();
      expect(await textsIn(spool)).toEqual(['whole']);
      await spool.close();
      expect((await stat(file)).size).toBe(size - 9 - 16);
    }
    expect(spools.told).toEqual([]);

    spool = await spools.open();
    await spool.append(payloads('next'));
    expect(await textsIn(await spools.reopen(spool))).toEqual(['whole', 'next']);
  });

  it.each([
    ['a payload', 16 + 20],
    ['a length', 4],
    ['a length, which gets huge', 7],
    ['a checksum', 1],
    ['a time', 10],
  ])('passes over a record when bits of %s have flipped, and keeps its bytes', async (_, offset) => {
    let spool = await spools.open();
    await spool.append(payloads(...['a', 'b', 'c'].map((letter) => letter.repeat(100))));
    await spool.close();
    await change((content) => (content[8 + 116 + offset] = (content[8 + 116 + offset] ?? 0) ^ 0x40));

    spool = await spools.open();
    expect(await lettersIn(spool)).toBe('ac');
    expect(spools.told).toEqual([`damaged: segment 1, offset ${8 + 116}, 116 bytes`]);
    expect(await readFile(path.join(spools.folder, 'set-aside.ndjson'), 'utf8')).toMatch(
      /damaged.*bbbb|base64/,
    );
    expect(spool.stats()).toMatchObject({ records: 2, setAside: 1 });
    await removeAll(spool);
    expect(spool.stats()).toMatchObject({ records: 0, bytes: 0 });
  });

  it('keeps the bytes of a last record that is whole but wrong: it may have been acknowledged', async () => {
    const spool = await spools.open();
    await spool.append(payloads('good', 'bad'));
    await spool.close();
    await change((content) => (content[content.length - 1] = 0));

    expect(await textsIn(await spools.open())).toEqual(['good']);
    expect(spools.told).toEqual([`damaged: segment 1, offset ${8 + 20}, 19 bytes`]);
  });

  it('is not opened, and cuts nothing off, while what is damaged cannot be kept', async () => {
    const spool = await spools.open();
    await spool.append(payloads('good', 'bad'));
    await spool.close();
    await change((content) => (content[content.length - 1] = 0));
    const aside = path.join(spools.folder, 'set-aside.ndjson');
    await writeFile(aside, '');
    await truncate(aside, 64 * 1024 * 1024);

    await expect(spools.open({ maxBytes: 1e6 })).rejects.toMatchObject({ code: 'SPOOL_SET_ASIDE_FULL' });
    await rm(aside);
    expect(await textsIn(await spools.open({ maxBytes: 1e6 }))).toEqual(['good']);
    expect(await readFile(aside, 'utf8')).toMatch(/damaged: segment 1/);
    expect(spools.told).toEqual([`damaged: segment 1, offset ${8 + 20}, 19 bytes`]);
  });

  it('replays the segments behind one whose beginning is lost', async () => {
    const spool = await spools.open({ segmentBytes: 100 });
    for (const letter of ['a', 'b', 'c']) await spool.append(payloads(letter.repeat(100)));
    await spool.close();
    await change((content) => content.fill(0, 0, 40), 1);

    expect(await lettersIn(await spools.open({ segmentBytes: 100 }))).toBe('ac');
    expect(spools.told).toEqual(['damaged: segment 2, offset 0, 124 bytes']);
  });

  it('notices bits that flip while it is open, wherever the pieces end in which it reads', async () => {
    const spool = await spools.open();
    const texts = Array.from({ length: 2000 }, (_, number) => `${number}`.padEnd(500, 'x'));
    await spool.append(payloads(...texts));
    // A piece has 256 KiB: 508 records of 516 bytes, and some of the next.
    for (const number of [507, 508, 1200])
      await change((content) => (content[8 + number * 516 + 100] = 0x40));

    const expected = texts.filter((_, number) => ![507, 508, 1200].includes(number));
    expect(await textsIn(spool)).toEqual(expected);
    expect(spools.told).toHaveLength(2);
    await removeAll(spool);
    expect(spool.stats()).toMatchObject({ records: 0 });
  });

  it('tells once of what is damaged as a whole, and gets rid of it', async () => {
    let spool = await spools.open({ segmentBytes: 100 });
    for (const letter of ['a', 'b']) await spool.append(payloads(letter.repeat(100)));
    await change((content) => content.fill(0, 8), 0);
    await change((content) => content.fill(0, 8), 1);

    expect(await spool.peek({ maxRecords: 9, maxBytes: 1e6 })).toBeUndefined();
    expect(spool.stats()).toMatchObject({ records: 0, bytes: 0, setAside: 2 });
    expect(spools.told).toHaveLength(2);
    spool = await spools.reopen(spool);
    expect(spools.told).toHaveLength(2);
    expect(await spools.segmentFiles()).toEqual([]);
  });

  it('goes on behind a segment that is missing, and says so once', async () => {
    let spool = await spools.open({ segmentBytes: 100 });
    for (const letter of ['a', 'b', 'c', 'd', 'e']) await spool.append(payloads(letter.repeat(100)));
    await spool.close();
    const files = await spools.segmentFiles();
    await rm(files[1] ?? '');

    spool = await spools.open({ segmentBytes: 100 });
    expect(spools.told).toEqual(['segment 2 is missing (not kept)']);
    expect(await lettersIn(spool)).toBe('acde');
    await rm(files[2] ?? '');
    expect(await lettersIn(spool)).toBe('ade');
    expect(spools.told).toEqual(['segment 2 is missing (not kept)', 'segment 3 is missing (not kept)']);
  });

  it('misses the segment that was being read when it is gone', async () => {
    const spool = await spools.open({ segmentBytes: 1000 });
    await spool.append(payloads('a', 'b'));
    const batch = await spool.peek({ maxRecords: 1, maxBytes: 1e6 });
    if (batch) await spool.remove(batch);
    await spool.close();
    await rm((await spools.segmentFiles())[0] ?? '');

    const next = await spools.open();
    expect(spools.told).toEqual(['segment 1 is missing (not kept)']);
    await next.append(payloads('c'));
    expect(await textsIn(next)).toEqual(['c']);
  });

  it('reads everything again when it cannot tell how far it was', async () => {
    const spool = await spools.open();
    await spool.append(payloads('a', 'b'));
    const batch = await spool.peek({ maxRecords: 1, maxBytes: 1e6 });
    if (batch) await spool.remove(batch);
    await spool.close();
    await writeFile(path.join(spools.folder, 'position.json'), '{"segm');

    expect(await textsIn(await spools.open())).toEqual(['a', 'b']);
  });

  it('leaves alone what a newer program wrote', async () => {
    const spool = await spools.open();
    await spool.append(payloads('of the future'));
    await spool.close();
    await change((content) => content.write('TGSPOOL2'));

    await expect(spools.open()).rejects.toMatchObject({
      code: 'SPOOL_READ_FAILED',
      message: expect.stringContaining('a newer one wrote it') as string,
    });
    expect((await readFile((await spools.segmentFiles())[0] ?? '')).length).toBe(8 + 16 + 13);
  });

  it('tells that a write failed, takes nothing of it, and goes on when the cause is gone', async () => {
    const spool = await spools.open({ segmentBytes: 50 });
    await spool.append(payloads('a'.repeat(60)));
    const next = path.join(spools.folder, '0000000000000002.seg');
    await mkdir(next);

    await expect(spool.append(payloads('b'))).rejects.toMatchObject({ code: 'SPOOL_WRITE_FAILED' });
    expect(spool.stats()).toMatchObject({ records: 1 });
    await rm(next, { recursive: true });
    await spool.append(payloads('c'));
    expect(await lettersIn(spool)).toBe('ac');
  });
});
