import { DatabaseUnavailable } from '@tidegate/database';
import { FakeClock } from '@tidegate/testing';
import { KeyCache } from './key-cache';
import type { KeyRecord } from './key-record';

/** A database whose answers come when the test says so. */
class SlowTable {
  readonly questions: { answer: (owner: string | undefined) => void; fail: () => void }[] = [];

  find(id: string): Promise<KeyRecord | undefined> {
    return new Promise((resolve, reject) => {
      this.questions.push({
        answer: (owner) => resolve(owner === undefined ? undefined : ({ id, owner } as KeyRecord)),
        fail: () => reject(new DatabaseUnavailable('ECONNREFUSED', new Error('connect ECONNREFUSED'))),
      });
    });
  }

  get asked(): number {
    return this.questions.length;
  }
}

describe('KeyCache', () => {
  let clock: FakeClock;
  let table: SlowTable;
  let cache: KeyCache;
  let servedWithoutDatabase: number;

  beforeEach(async () => {
    clock = new FakeClock();
    table = new SlowTable();
    servedWithoutDatabase = 0;
    cache = new KeyCache(table, clock, () => (servedWithoutDatabase += 1));
    const first = cache.find('a');
    table.questions[0]?.answer('first');
    await first;
  });

  it('reads a key in use again before its time is up, while requests go on', async () => {
    await clock.advance(3_999);
    expect(cache.peek('a')?.owner).toBe('first');
    expect(table.asked).toBe(1);
    await clock.advance(1);
    for (let request = 0; request < 100; request += 1) expect(cache.peek('a')?.owner).toBe('first');
    expect(table.asked).toBe(2);
    table.questions[1]?.answer('second');
    await clock.advance(0);
    expect(cache.peek('a')?.owner).toBe('second');
    await clock.advance(3_999);
    expect(cache.peek('a')?.owner).toBe('second');
  });

  it('gives nothing older than 5 s, however slow the reading is: then requests wait for it', async () => {
    await clock.advance(4_500);
    expect(cache.peek('a')?.owner).toBe('first');
    await clock.advance(500);
    expect(cache.peek('a')).toBeUndefined();
    const waiting = [cache.find('a'), cache.find('a')];
    expect(table.asked).toBe(2);
    table.questions[1]?.answer('second');
    expect((await Promise.all(waiting)).map((record) => record?.owner)).toEqual(['second', 'second']);
  });

  it('counts the 5 s from the question, since the answer may be of that moment', async () => {
    await clock.advance(4_000);
    cache.peek('a');
    await clock.advance(900);
    table.questions[1]?.answer('second');
    await clock.advance(4_099);
    expect(cache.peek('a')?.owner).toBe('second');
    await clock.advance(1);
    expect(cache.peek('a')).toBeUndefined();
  });

  it('asks again about a key it was told to forget, and drops the answer that was on its way', async () => {
    await clock.advance(4_000);
    cache.peek('a');
    cache.forget('a');
    expect(cache.peek('a')).toBeUndefined();
    const asked = cache.find('a');
    expect(table.asked).toBe(3);
    table.questions[2]?.answer('after the change');
    await asked;
    table.questions[1]?.answer('before the change');
    await clock.advance(0);
    expect(cache.peek('a')?.owner).toBe('after the change');
  });

  it('does not bring a forgotten key back when the database is away', async () => {
    cache.forget('a');
    const asked = cache.find('a');
    table.questions[1]?.fail();
    await expect(asked).rejects.toMatchObject({ code: 'KEY_STORE_UNAVAILABLE' });
  });

  it('lets nobody with a known key wait for a database that did not answer, and counts them', async () => {
    await clock.advance(4_000);
    cache.peek('a');
    table.questions[1]?.fail();
    await clock.advance(1_000);
    // It is asked again, says nothing, and nobody waits.
    for (let request = 0; request < 10; request += 1)
      await expect(cache.find('a')).resolves.toMatchObject({ owner: 'first' });
    expect(table.asked).toBe(3);
    expect(servedWithoutDatabase).toBe(10);
    table.questions[2]?.answer('back');
    await clock.advance(0);
    expect(cache.peek('a')?.owner).toBe('back');
  });

  it('reads other keys with patience again once one answer came', async () => {
    const other = cache.find('b');
    table.questions[1]?.answer('other');
    await other;
    await clock.advance(5_000);
    const asked = cache.find('a');
    table.questions[2]?.fail();
    await expect(asked).resolves.toMatchObject({ owner: 'first' });
    await clock.advance(1_000);
    await expect(cache.find('a')).resolves.toMatchObject({ owner: 'first' });
    table.questions[3]?.answer('back');
    await clock.advance(0);
    const patient = cache.find('b');
    table.questions[4]?.answer('changed');
    await expect(patient).resolves.toMatchObject({ owner: 'changed' });
  });
});
