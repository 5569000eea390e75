import type { ProblemError } from '@tidegate/schemas';
import { FakeClock } from '@tidegate/testing';
import type { ModelRun } from '../protocols/protocol';
import type { Tensors } from '../tensors/tensor';
import { type Lane, LaneLost } from './lane';
import type { Lanes } from './lanes';
import { type ExecutorSettings, ModelExecutor } from './model-executor';
import { RequestAbandoned } from './run-queue';

const SETTINGS: ExecutorSettings = {
  maxQueueRows: 8,
  maxQueueMs: 0,
  maxBatchRows: 4,
  requestTimeoutMs: 1000,
};

describe('the queue of a model', () => {
  let clock: FakeClock;
  let lane: HeldLane;
  let lanes: OneLane;
  let executor: ModelExecutor;

  beforeEach(() => start());

  function start(settings: Partial<ExecutorSettings> = {}, mergesRequests = true): void {
    clock = new FakeClock();
    lane = new HeldLane();
    lanes = new OneLane(lane);
    const listener = { onRun: () => undefined, onTaken: () => undefined };
    executor = new ModelExecutor({
      lanes,
      mergesRequests,
      settings: { ...SETTINGS, ...settings },
      listener,
      clock,
    });
  }

  function submit(...values: number[]): Promise<Tensors> {
    return submitRun(row(...values));
  }

  function submitRun(run: ModelRun, isAbandoned = (): boolean => false): Promise<Tensors> {
    const [outputs] = executor.submit([run], isAbandoned);
    if (outputs === undefined) throw new Error('nothing was submitted');
    return outputs;
  }

  it('runs at once what came in one turn, together, and splits the outputs exactly', async () => {
    const first = submit(1);
    const second = submit(2, 3);
    await turn();

    expect(lane.batches).toEqual([[1, 2, 3]]);
    lane.answerDoubled();
    expect(valuesOf(await first)).toEqual([2]);
    expect(valuesOf(await second)).toEqual([4, 6]);
  });

  it('collects what comes while a run lasts, up to the rows of a batch', async () => {
    const all = [submit(1)];
    await turn();
    for (const value of [2, 3, 4, 5, 6]) all.push(submit(value));
    await turn();
    expect(lane.batches).toEqual([[1]]);

    await finish(1);
    expect(lane.batches.at(-1)).toEqual([2, 3, 4, 5]);
    await finish(1);
    expect(lane.batches.at(-1)).toEqual([6]);
    await finish(1);
    expect((await Promise.all(all)).flatMap(valuesOf)).toEqual([2, 4, 6, 8, 10, 12]);
  });

  it('keeps apart what has other lengths inside, and texts are split as numbers are', async () => {
    const wide = submitRun({
      inputs: { x: { type: 'float32', dims: [1, 2], data: Float32Array.of(7, 8) } },
      rows: 1,
    });
    const narrow = submit(9);
    await turn();
    expect(lane.batches).toEqual([[7, 8]]);
    await finish(1);
    await finish(1);
    expect(valuesOf(await wide)).toEqual([14, 16]);
    expect(valuesOf(await narrow)).toEqual([18]);

    const words = ['a', 'b'].map((word) =>
      submitRun({ inputs: { x: { type: 'string', dims: [1], data: [word] } }, rows: 1 }),
    );
    await turn();
    lane.answer({ y: { type: 'string', dims: [2], data: ['A', 'B'] } });
    expect((await Promise.all(words)).map((outputs) => outputs['y']?.data)).toEqual([['A'], ['B']]);
  });

  it('runs what has no rows as well', async () => {
    const none = submit();
    await turn();
    expect(lane.batches).toEqual([[]]);
    await finish(1);
    expect(valuesOf(await none)).toEqual([]);
    expect(executor.isIdle).toBe(true);
  });

  it('runs each request by itself when rows depend on each other', async () => {
    start({}, false);
    const all = [submit(1, 2), submit(3)];
    await turn();
    expect(lane.batches).toEqual([[1, 2]]);
    await finish(1);
    expect(lane.batches).toEqual([[1, 2], [3]]);
    await finish(1);
    await Promise.all(all);
  });

  it('fails only the request whose rows the model fails on, not the others of its batch', async () => {
    const all = [submit(1), submit(13), submit(3)].map((outputs) => outputs.then(valuesOf, codeOf));
    await turn();
    lane.answerDoubled();
    for (let run = 0; run < 3; run += 1) {
      await turn();
      lane.answerDoubled();
    }

    expect(await Promise.all(all)).toEqual([[2], 'MODEL_REFUSED_INPUT', [6]]);
    expect(lane.batches).toEqual([[1, 13, 3], [1], [13], [3]]);
  });

  it('blames the model, not its input, while it has never run, and when there is no memory', async () => {
    const failure = async (value: number): Promise<unknown> => {
      const outcome = submit(value).then(valuesOf, codeOf);
      await turn();
      lane.answerDoubled();
      return outcome;
    };
    expect(await failure(13)).toBe('MODEL_FAILED');
    expect(await failure(1)).toEqual([2]);
    expect(await failure(13)).toBe('MODEL_REFUSED_INPUT');

    const starved = submit(1).then(valuesOf, codeOf);
    await turn();
    lane.fail(new Error('Failed to allocate memory for requested buffer of size 4096'));
    expect(await starved).toBe('MODEL_FAILED');
  });

  it('refuses what the queue cannot hold, all of a request or nothing, and says when to come back', async () => {
    const running = submit(1);
    await turn();
    const waiting = submit(1, 2, 3, 4, 5, 6);

    let refusal: ProblemError | undefined;
    try {
      void executor.submit([row(1), row(2), row(3)], () => false);
    } catch (error) {
      refusal = error as ProblemError;
    }
    expect(refusal).toMatchObject({ code: 'QUEUE_FULL', headers: { 'retry-after': '1' } });
    expect(refusal?.message).toContain('6 rows wait already, at most 8 may');
    expect(executor.waitingRows).toBe(6);
    await finish(2);
    await Promise.all([running, waiting]);
  });

  it('takes a request larger than the queue when nothing waits', async () => {
    const large = submit(...Array.from({ length: 20 }, () => 5));
    await turn();
    lane.answerDoubled();
    expect(valuesOf(await large)).toHaveLength(20);
  });

  it('refuses what would wait too long, from what runs have taken', async () => {
    start({ maxQueueMs: 100, maxQueueRows: 1000 }, false);
    const all = [submit(1)];
    await turn();
    await clock.advance(60);
    await finish(1);
    all.push(submit(2));
    await turn();
    for (const value of [3, 4, 5]) all.push(submit(value));

    expect(() => submit(6)).toThrow('what waits already needs about 180 ms, at most 120 ms are allowed');
    await finish(4);
    await Promise.all(all);
  });

  it('answers in time when the turn does not come, and gives up the lane that does not come back', async () => {
    const stuck = submit(1).catch(codeOf);
    await turn();
    const waiting = submit(2).catch(codeOf);
    await clock.advance(500);
    const later = submit(3);
    await clock.advance(600);

    expect(await stuck).toBe('PREDICTION_TIMEOUT');
    expect(await waiting).toBe('PREDICTION_TIMEOUT');
    expect(lanes.lost).toEqual(['a run took more than 1000 ms']);

    lanes.replaceBy(lane);
    await turn();
    await finish(1);
    expect(valuesOf(await later)).toEqual([6]);
  });

  it('does not run again what is over its time, when its batch fails afterwards', async () => {
    const early = submit(1);
    await turn();
    const late = [submit(2), submit(3)].map((outputs) => outputs.catch(codeOf));
    await clock.advance(900);
    await finish(1);
    await early;
    expect(lane.batches.at(-1)).toEqual([2, 3]);
    await clock.advance(200);
    expect(await Promise.all(late)).toEqual(['PREDICTION_TIMEOUT', 'PREDICTION_TIMEOUT']);

    lane.fail(new Error('of the whole batch'));
    await turn();
    expect(lane.batches).toEqual([[1], [2, 3]]);
    expect(executor.isIdle).toBe(true);
  });

  it('fails only the batch of a lane that died', async () => {
    const doomed = submit(1).catch(codeOf);
    await turn();
    const next = submit(2);
    lane.fail(new LaneLost('it ran out of memory'));
    expect(await doomed).toBe('WORKER_LOST');
    expect(lanes.lost).toEqual(['it ran out of memory']);

    lanes.replaceBy(lane);
    await turn();
    await finish(1);
    expect(valuesOf(await next)).toEqual([4]);
  });

  it('does not run what nobody waits for any more', async () => {
    const running = submit(1);
    await turn();
    const left = submitRun(row(2), () => true);
    const staying = submit(3);
    await finish(1);
    await expect(left).rejects.toBeInstanceOf(RequestAbandoned);
    expect(lane.batches.at(-1)).toEqual([3]);
    await finish(1);
    await Promise.all([running, staying]);
  });

  async function finish(runs: number): Promise<void> {
    for (let run = 0; run < runs; run += 1) {
      lane.answerDoubled();
      await turn();
    }
  }
});

function row(...values: number[]): ModelRun {
  return {
    inputs: { x: { type: 'float32', dims: [values.length, 1], data: Float32Array.from(values) } },
    rows: values.length,
  };
}

function valuesOf(outputs: Tensors): number[] {
  return [...((outputs['y']?.data ?? []) as Float32Array)];
}

function codeOf(error: unknown): string {
  return (error as ProblemError).code;
}

/** Until everything that is ready has run. */
async function turn(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs end when the test says so; the model fails on the number 13. */
class HeldLane implements Lane {
  readonly batches: unknown[][] = [];
  private pending: { resolve: (outputs: Tensors) => void; reject: (error: Error) => void } | undefined;

  run({ x }: Tensors): Promise<Tensors> {
    this.batches.push([...(x?.data ?? [])]);
    return new Promise((resolve, reject) => (this.pending = { resolve, reject }));
  }

  answerDoubled(): void {
    const numbers = (this.batches.at(-1) ?? []) as number[];
    if (numbers.includes(13)) return this.fail(new Error('13 is not liked'));
    const data = Float32Array.from(numbers, (value) => value * 2);
    const isWide = numbers.length === 2 && numbers[0] === 7;
    this.answer({ y: { type: 'float32', dims: isWide ? [1, 2] : [data.length, 1], data } });
  }

  answer(outputs: Tensors): void {
    this.pending?.resolve(outputs);
    this.pending = undefined;
  }

  fail(error: Error): void {
    this.pending?.reject(error);
    this.pending = undefined;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

class OneLane implements Lanes {
  readonly size = 1;
  readonly isBeyondRepair = false;
  readonly lost: string[] = [];
  private free: Lane | undefined;
  private reportFree: () => void = () => undefined;

  constructor(lane: Lane) {
    this.free = lane;
  }

  take(): Lane | undefined {
    const lane = this.free;
    this.free = undefined;
    return lane;
  }

  giveBack(lane: Lane): void {
    this.free = lane;
  }

  lose(_lane: Lane, cause: string): void {
    this.lost.push(cause);
  }

  replaceBy(lane: Lane): void {
    this.free = lane;
    this.reportFree();
  }

  onFree(callback: () => void): void {
    this.reportFree = callback;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
