import type { StorableEvent, StoreOutcome } from '../store/storable-event';
import { GroupCommitter } from './group-committer';

const limits = { maxBatchEvents: 4, maxQueuedEvents: 6, commits: 1 };
const events = (...ids: string[]): StorableEvent[] => ids.map((id) => ({ id }) as StorableEvent);

/** A store whose commits end when the test says so. */
function heldStore() {
  const batches: string[][] = [];
  const commits: ((error?: Error) => void)[] = [];
  const store = (batch: readonly StorableEvent[]): Promise<StoreOutcome[]> => {
    batches.push(batch.map(({ id }) => id));
    return new Promise((resolve, reject) => {
      commits.push((error) =>
        error ? reject(error) : resolve(batch.map(({ id }) => ({ status: 'refused', reason: id }))),
      );
    });
  };
  const endCommit = async (error?: Error): Promise<void> => {
    commits.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { store, batches, endCommit };
}

describe('GroupCommitter', () => {
  it('starts at once, collects what comes meanwhile and gives each request its own outcomes', async () => {
    const { store, batches, endCommit } = heldStore();
    const committer = new GroupCommitter(store, limits);
    const first = committer.submit(events('a'));
    const second = committer.submit(events('b', 'c'));
    const third = committer.submit(events('d'));
    expect(batches).toEqual([['a']]);
    await endCommit();
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    await endCommit();
    const reasons = (await Promise.all([first, second, third])).map((outcomes) =>
      outcomes.map((outcome) => 'reason' in outcome && outcome.reason),
    );
    expect(reasons).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('never divides a request and keeps to the batch size otherwise', async () => {
    const { store, batches, endCommit } = heldStore();
    const committer = new GroupCommitter(store, { ...limits, maxQueuedEvents: 100 });
    const all = ['a', 'b b b', 'c c', 'd d d d d', 'e'].map((ids) =>
      committer.submit(events(...ids.split(' '))),
    );
    for (let batch = 0; batch < 5; batch += 1) await endCommit();
    await Promise.all(all);
    expect(batches.map((batch) => batch.length)).toEqual([1, 3, 2, 5, 1]);
  });

  it('refuses what does not fit into the queue, and takes it again afterwards', async () => {
    const { store, endCommit } = heldStore();
    const committer = new GroupCommitter(store, limits);
    const running = committer.submit(events('1', '2', '3', '4', '5'));
    await expect(committer.submit(events('6', '7'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    await endCommit();
    await running;
    const large = committer.submit(events(...'abcdefgh'));
    await endCommit();
    expect(await large).toHaveLength(8);
  });

  it('runs another transaction beside a large one, but small ones one after the other', async () => {
    const { store, batches, endCommit } = heldStore();
    const committer = new GroupCommitter(store, { ...limits, maxQueuedEvents: 100, commits: 2 });
    const large = ['1', '2', '3', '4'];
    const all = [large, ['a'], ['b'], large, large].map((ids) => committer.submit(events(...ids)));
    let isFlushed = false;
    const flushed = committer.flush().then(() => (isFlushed = true));
    expect(batches).toEqual([large, ['a']]);
    // The large one ends, the small one goes on; then what waits: no third beside two large ones.
    await endCommit();
    expect(batches).toHaveLength(2);
    await endCommit();
    expect(batches.slice(2)).toEqual([['b']]);
    await endCommit();
    expect(batches.slice(3)).toEqual([large, large]);
    await endCommit();
    expect(isFlushed).toBe(false);
    await endCommit();
    await Promise.all([...all, flushed]);
  });

  it('fails every request of a batch whose transaction failed, and goes on with the next', async () => {
    const { store, endCommit } = heldStore();
    const committer = new GroupCommitter(store, limits);
    const first = committer.submit(events('a'));
    const second = committer.submit(events('b'));
    const failure = expect(first).rejects.toThrow('a bug');
    await endCommit(new Error('a bug'));
    await failure;
    await endCommit();
    expect(await second).toHaveLength(1);
    await committer.flush();
  });
});
