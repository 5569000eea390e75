import { rm } from 'node:fs/promises';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { FakeClock } from '@tidegate/testing';
import { payloads, removeAll, textOf, textsIn, useSpools } from '../test/use-spools';

describe('a spool', () => {
  const spools = useSpools();

  it('gives back what was appended, in order, and keeps what was not removed', async () => {
    let spool = await spools.open();
    await spool.append(payloads('a', 'b'));
    await spool.append(payloads('c'));

    const batch = await spool.peek({ maxRecords: 2, maxBytes: 1e6 });
    expect(batch?.records.map(textOf)).toEqual(['a', 'b']);
    expect(spool.stats()).toMatchObject({ records: 3 });

    spool = await spools.reopen(spool);
    expect(await textsIn(spool)).toEqual(['a', 'b', 'c']);
    const again = await spool.peek({ maxRecords: 2, maxBytes: 1e6 });
    if (again) await spool.remove(again);
    spool = await spools.reopen(spool);
    expect(await textsIn(spool)).toEqual(['c']);
    expect(spool.stats()).toMatchObject({ records: 1, setAside: 0 });
  });

  it('goes on over many segments and restarts, and removes the files that are done', async () => {
    let spool = await spools.open({ segmentBytes: 1000 });
    const expected: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (let number = 0; number < 30; number += 1) {
        expected.push(`${round}-${number} ${'x'.repeat(number * 7)}`);
        await spool.append(payloads(expected.at(-1) ?? ''));
      }
      const batch = await spool.peek({ maxRecords: 20, maxBytes: 1e6 });
      expect(batch?.records.map(textOf)).toEqual(expected.splice(0, 20));
      if (batch) await spool.remove(batch);
      if (round % 2 === 0) spool = await spools.reopen(spool, { segmentBytes: 1000 });
    }
    expect(await textsIn(spool)).toEqual(expected);

    await removeAll(spool);
    expect(spool.stats()).toMatchObject({ records: 0, bytes: 0, oldestAtMs: undefined });
    expect((await spools.segmentFiles()).length).toBeLessThanOrEqual(1);
    expect(await spool.peek({ maxRecords: 1, maxBytes: 1 })).toBeUndefined();
    expect(spools.told).toEqual([]);
  });

  it('keeps the order of appends that wait at the same time, and each of them whole', async () => {
    const spool = await spools.open({ segmentBytes: 5000 });
    const texts = Array.from({ length: 2000 }, (_, number) => `${number} ${'x'.repeat(number % 90)}`);

    await Promise.all(texts.map((text) => spool.append(payloads(text, `${text} too`))));

    expect(await textsIn(spool)).toEqual(texts.flatMap((text) => [text, `${text} too`]));
    expect(spool.stats().records).toBe(4000);
  });

  it('reads no more than it is asked for, and always at least one record', async () => {
    const spool = await spools.open();
    const large = 'x'.repeat(600_000);
    await spool.append(payloads('small', large, 'after'));

    const first = await spool.peek({ maxRecords: 100, maxBytes: 20 });
    expect(first?.records.map(textOf)).toEqual(['small']);
    if (first) await spool.remove(first);
    const second = await spool.peek({ maxRecords: 100, maxBytes: 1 });
    expect(second?.records.map(textOf)).toEqual([large]);
  });

  it('leaves alone what it has when it is told to take out a batch of another spool', async () => {
    const lost = await spools.open();
    await lost.append(payloads('1', '2'));
    const batch = await lost.peek({ maxRecords: 2, maxBytes: 1e6 });
    await lost.close();
    await rm(spools.folder, { recursive: true });
    const made = await spools.open();
    await made.append(payloads('3'));

    if (batch) await made.remove(batch);
    expect([made.stats().records, await textsIn(made)]).toEqual([1, ['3']]);
  });

  it('takes all of an append or nothing when its quota is reached, and has room again later', async () => {
    const spool = await spools.open({ maxBytes: 100 });
    await spool.append(payloads('x'.repeat(50)));

    const refused = spool.append(payloads('y', 'y'.repeat(30)));
    await expect(refused).rejects.toMatchObject({
      code: 'SPOOL_FULL',
      remedy: expect.stringContaining('raise its quota') as string,
    });
    expect(spool.hasRoomFor(35)).toBe(false);
    await removeAll(spool);
    await spool.append(payloads('z'));
    expect(await textsIn(spool)).toEqual(['z']);
  });

  it('gives the disk back when all was removed, also of a segment that is not full', async () => {
    const spool = await spools.open();
    for (let round = 0; round < 3; round += 1) {
      await spool.append(payloads('x'.repeat(100_000)));
      await removeAll(spool);
      expect(await spools.segmentFiles()).toEqual([]);
    }
    await spool.append(payloads('next'));
    expect(await textsIn(await spools.reopen(spool))).toEqual(['next']);
    expect(spools.told).toEqual([]);
  });

  it('takes a batch out once, however often it is told', async () => {
    const spool = await spools.open();
    await spool.append(payloads('a', 'b'));
    const batch = await spool.peek({ maxRecords: 1, maxBytes: 1e6 });
    if (!batch) throw new Error('nothing waits');

    await spool.remove(batch);
    await spool.remove(batch);

    expect(spool.stats()).toMatchObject({ records: 1 });
    expect(await textsIn(spool)).toEqual(['b']);
  });

  it('says since when the oldest waits, also after a restart', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    let spool = await spools.open({ clock });
    await spool.append(payloads('a'));
    await clock.advance(60_000);
    await spool.append(payloads('b'));

    spool = await spools.reopen(spool, { clock });
    expect(spool.stats().oldestAtMs).toBe(Date.UTC(2026, 0, 1));
  });

  it('works on a machine whose clock was never set', async () => {
    const clock = new FakeClock(0);
    let spool = await spools.open({ clock });
    await spool.append(payloads('a', 'b'));
    spool = await spools.reopen(spool, { clock });
    expect(await textsIn(spool)).toEqual(['a', 'b']);
  });

  it('is readable by its owner only', async () => {
    const spool = await spools.open();
    await spool.append(payloads('secret'));
    await spool.setAside([{ bytes: Buffer.from('refused'), reason: 'why' }]);
    await removeAll(spool);

    expect((await stat(spools.folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(spools.folder)) {
      expect([name, (await stat(path.join(spools.folder, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('takes nothing more when it is closed', async () => {
    const spool = await spools.open();
    const last = spool.append(payloads('last'));
    await spool.close();
    expect(await textsIn(await spools.open())).toEqual(['last']);
    await last;
    await expect(spool.append(payloads('late'))).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
    await expect(spool.peek({ maxRecords: 1, maxBytes: 1 })).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
  });
});
