import { FakeClock } from '@tidegate/testing';
import type { Tensors } from '../tensors/tensor';
import { type MortalLane, WorkerLanes } from './worker-lanes';

describe('worker lanes', () => {
  let clock: FakeClock;
  let told: string[];
  let openings: (() => Promise<MortalLane>)[];
  let opened: AbortSignal[];
  let lanes: WorkerLanes;
  let first: TestLane;
  let second: TestLane;

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    openings = [];
    opened = [];
    first = new TestLane();
    second = new TestLane();
    lanes = new WorkerLanes({
      lanes: [first, second],
      open: (signal) => {
        opened.push(signal);
        return openings.shift()?.() ?? Promise.reject(new Error('no memory'));
      },
      listener: {
        onLost: (cause) => told.push(`lost: ${cause}`),
        onNotReplaced: (error, failures) =>
          told.push(`not replaced ${failures}: ${(error as Error).message}`),
      },
      clock,
    });
    lanes.onFree(() => told.push('free'));
  });

  it('are each used by one batch at a time', () => {
    const taken = [lanes.take(), lanes.take()];
    expect(new Set(taken)).toEqual(new Set([first, second]));
    expect(lanes.take()).toBeUndefined();
    lanes.giveBack(first);
    expect(lanes.take()).toBe(first);
  });

  it('replace one that is given up, which is never used again', async () => {
    const third = new TestLane();
    openings.push(() => Promise.resolve(third));
    const lost = lanes.take() as TestLane;
    lanes.lose(lost, 'it was stuck');
    lanes.giveBack(lost);
    await clock.advance(0);

    expect(told).toEqual(['lost: it was stuck', 'free']);
    expect(lost.isDisposed).toBe(true);
    expect(new Set([lanes.take(), lanes.take()])).toEqual(new Set([lost === first ? second : first, third]));
    expect(lanes.take()).toBeUndefined();
  });

  it('notice one that ends while nothing runs, and try again with growing waits', async () => {
    const third = new TestLane();
    openings.push(
      () => Promise.reject(new Error('once')),
      () => Promise.reject(new Error('twice')),
      () => Promise.resolve(third),
    );
    first.end('it ran out of memory');
    await clock.advance(0);
    expect(lanes.take()).toBe(second);
    expect(lanes.take()).toBeUndefined();
    await clock.advance(200);
    await clock.advance(399);
    expect(told).toEqual(['lost: it ran out of memory', 'not replaced 1: once', 'not replaced 2: twice']);
    await clock.advance(1);
    expect(lanes.take()).toBe(third);
  });

  it('are beyond repair when none is left and new ones cannot be had, and only then', async () => {
    first.end('gone');
    await clock.advance(60_000);
    expect(lanes.isBeyondRepair).toBe(false);

    openings.push(() => Promise.resolve((second = new TestLane())));
    second.end('gone');
    await clock.advance(0);
    expect(lanes.isBeyondRepair).toBe(false);
    second.end('gone');
    await clock.advance(200);
    expect(lanes.isBeyondRepair).toBe(false);
    await clock.advance(400);
    expect(lanes.isBeyondRepair).toBe(true);
  });

  it('replace no more than one at a time', async () => {
    let finishFirst: (lane: MortalLane) => void = () => undefined;
    openings.push(
      () => new Promise((resolve) => (finishFirst = resolve)),
      () => Promise.resolve(new TestLane()),
    );
    first.end('gone');
    second.end('gone');
    await clock.advance(0);
    expect(opened).toHaveLength(1);

    finishFirst(new TestLane());
    await clock.advance(0);
    expect(opened).toHaveLength(2);
    expect([lanes.take(), lanes.take()]).not.toContain(undefined);
  });

  it('do not fill the machine with stuck threads: beyond repair until one of them ends', async () => {
    const stuck = [first, second, new TestLane()];
    const ends = stuck.map((lane) => lane.neverEnds());
    openings.push(() => Promise.resolve(stuck[2] as TestLane));
    for (const lane of [first, second]) lanes.lose(lane, 'it is stuck');
    await clock.advance(0);
    expect(lanes.isBeyondRepair).toBe(false);
    lanes.lose(stuck[2] as TestLane, 'it is stuck');
    await clock.advance(60_000);
    expect(opened).toHaveLength(2);
    expect(lanes.isBeyondRepair).toBe(true);

    openings.push(() => Promise.resolve(new TestLane()));
    ends[1]?.();
    await clock.advance(0);
    await clock.advance(10_000);
    expect(lanes.isBeyondRepair).toBe(false);
    expect(lanes.take()).toBeDefined();
  });

  it('end without waiting for a thread that cannot be stopped', async () => {
    first.neverEnds();
    let isDone = false;
    const disposal = lanes.dispose().then(() => (isDone = true));
    await clock.advance(999);
    expect(isDone).toBe(false);
    await clock.advance(1);
    await disposal;
    expect(second.isDisposed).toBe(true);
    expect(told).toEqual([]);
  });

  it('end one that becomes ready during the stop', async () => {
    const late = new TestLane();
    let finish: () => void = () => undefined;
    openings.push(() => new Promise((resolve) => (finish = () => resolve(late))));
    first.end('gone');
    const disposal = lanes.dispose();
    expect(opened.at(0)?.aborted).toBe(true);
    finish();
    await disposal;
    expect(late.isDisposed).toBe(true);
    expect(lanes.take()).toBeUndefined();
  });
});

class TestLane implements MortalLane {
  isDisposed = false;
  private disposal = Promise.resolve();
  private report: (cause: string) => void = () => undefined;

  run(inputs: Tensors): Promise<Tensors> {
    return Promise.resolve(inputs);
  }

  onGone(callback: (cause: string) => void): void {
    this.report = callback;
  }

  /** Until what is returned is called. */
  neverEnds(): () => void {
    let end: () => void = () => undefined;
    this.disposal = new Promise((resolve) => (end = resolve));
    return end;
  }

  end(cause: string): void {
    this.report(cause);
  }

  dispose(): Promise<void> {
    this.isDisposed = true;
    return this.disposal;
  }
}
