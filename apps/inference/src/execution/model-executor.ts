import type { Clock, Timer } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { ModelRun } from '../protocols/protocol';
import type { Tensors } from '../tensors/tensor';
import { Admission, type AdmissionLimits } from './admission';
import { fitsTogether, joinParts, splitOutputs } from './batch';
import { BatchDurations } from './batch-durations';
import { type Lane, LaneLost } from './lane';
import type { Lanes } from './lanes';
import { RunQueue, type WaitingRun } from './run-queue';

export interface ExecutorSettings extends AdmissionLimits {
  /** From the submission to its answer. */
  readonly requestTimeoutMs: number;
}

/** Told what runs; must not throw. Times in milliseconds. */
export interface ExecutorListener {
  onRun(rows: number, durationMs: number): void;
  onTaken(queuedMs: number): void;
}

export interface ExecutorParts {
  readonly lanes: Lanes;
  /** Rows of several requests may run together. */
  readonly mergesRequests: boolean;
  /** What a run of one row took when the model was loaded. @default not known */
  readonly warmRunMs?: number | undefined;
  readonly settings: ExecutorSettings;
  readonly listener: ExecutorListener;
  readonly clock: Clock;
}

/** A batch in a lane. */
interface Running {
  readonly lane: Lane;
  readonly startedAtMs: number;
  readonly parts: readonly WaitingRun[];
}

/** As onnxruntime says it. */
const OUT_OF_MEMORY = /alloc/i;
/** How exactly deadlines are kept. */
const SWEEP_MS = 20;

/**
 * The queue of one model version. Whatever waits when a lane gets free runs together; nothing waits for company. Requests
 * that arrive in one turn of the event loop meet in the queue before the first of them runs.
 */
export class ModelExecutor {
  private readonly queue = new RunQueue();
  private readonly running = new Set<Running>();
  private readonly durations: BatchDurations;
  private readonly admission: Admission;
  /** Whether this version has run: what it fails on since then is the input. */
  private hasRun: boolean;
  private isScheduled = false;
  private sweep: Timer | undefined;

  constructor(private readonly parts: ExecutorParts) {
    this.durations = new BatchDurations(parts.clock, parts.warmRunMs);
    this.hasRun = parts.warmRunMs !== undefined;
    this.admission = new Admission(parts.settings, this.durations, parts.mergesRequests);
    parts.lanes.onFree(() => this.dispatch());
  }

  get waitingRows(): number {
    return this.queue.rows;
  }

  /** Whether nothing waits and nothing runs. */
  get isIdle(): boolean {
    return this.queue.isEmpty && this.running.size === 0;
  }

  get lanes(): Lanes {
    return this.parts.lanes;
  }

  /**
   * Runs all of `runs` when their turn comes; either all are taken or none. `isAbandoned` is asked then: nobody waits for
   * the answer any more.
   *
   * @returns the outputs of each run, in order; they reject with the same errors
   * @throws ProblemError `QUEUE_FULL`, `PREDICTION_TIMEOUT`, `WORKER_LOST`, `MODEL_FAILED`, `MODEL_REFUSED_INPUT`; RequestAbandoned
   */
  submit(runs: readonly ModelRun[], isAbandoned: () => boolean): Promise<Tensors>[] {
    const rows = runs.reduce((sum, run) => sum + run.rows, 0);
    this.admission.admit(rows, this.queue.rows, this.parts.lanes.size);
    const queuedAtMs = this.parts.clock.monotonicMs();
    const deadlineMs = queuedAtMs + this.parts.settings.requestTimeoutMs;
    this.schedule();
    return runs.map(({ inputs, rows }) => {
      return new Promise<Tensors>((resolve, reject) => {
        const isSettled = false;
        this.queue.add({ inputs, rows, queuedAtMs, deadlineMs, isAbandoned, resolve, reject, isSettled });
      });
    });
  }

  /** Ends what still waits or runs; only called when nobody uses the version any more. */
  async dispose(): Promise<void> {
    this.sweep?.cancel();
    await this.parts.lanes.dispose();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (!this.queue.isEmpty) {
      const lane = this.parts.lanes.take();
      if (lane === undefined) break;
      const batch = this.queue.take(
        this.admission.batchRows(),
        this.parts.mergesRequests ? fitsTogether : undefined,
      );
      if (batch.length === 0) {
        this.parts.lanes.giveBack(lane);
        break;
      }
      void this.run(lane, batch);
    }
    if (!this.queue.isEmpty || this.running.size > 0) this.watch();
  }

  private async run(lane: Lane, batch: readonly WaitingRun[]): Promise<void> {
    const { clock, listener, lanes } = this.parts;
    const startedAtMs = clock.monotonicMs();
    const rows = batch.reduce((sum, part) => sum + part.rows, 0);
    for (const { queuedAtMs } of batch) listener.onTaken(startedAtMs - queuedAtMs);
    const running: Running = { lane, startedAtMs, parts: batch };
    this.running.add(running);
    try {
      const outputs = splitOutputs(await lane.run(joinParts(batch, rows)), batch, rows);
      const durationMs = clock.monotonicMs() - startedAtMs;
      this.hasRun = true;
      this.durations.note(rows, durationMs);
      listener.onRun(rows, durationMs);
      batch.forEach((part, index) => settle(part, outputs[index] as Tensors));
      this.release(running, () => lanes.giveBack(lane));
    } catch (error) {
      const isLost = error instanceof LaneLost;
      // A batch fails as a whole: alone, the innocent ones among it would have passed.
      if (isLost || batch.length === 1)
        batch.forEach((part) => settle(part, isLost ? workerLost(error) : runFailed(error, this.hasRun)));
      else for (const part of batch.toReversed()) this.queue.putBackAlone(part);
      this.release(running, () => (isLost ? lanes.lose(lane, error.message) : lanes.giveBack(lane)));
    }
    this.dispatch();
  }

  /** A batch that was given up has no say about its lane any more. */
  private release(running: Running, give: () => void): void {
    if (this.running.delete(running)) give();
  }

  private watch(): void {
    this.sweep ??= this.parts.clock.setTimer(() => {
      this.sweep = undefined;
      this.endOverdue();
      this.dispatch();
    }, SWEEP_MS);
  }

  private endOverdue(): void {
    const now = this.parts.clock.monotonicMs();
    const { requestTimeoutMs } = this.parts.settings;
    for (const part of this.queue.takeOverdue(now)) settle(part, timedOut(requestTimeoutMs, 'in the queue'));
    for (const running of this.running) {
      for (const part of running.parts) {
        if (now >= part.deadlineMs) settle(part, timedOut(requestTimeoutMs, 'while the model ran'));
      }
      if (now - running.startedAtMs < requestTimeoutMs) continue;
      this.running.delete(running);
      this.parts.lanes.lose(running.lane, `a run took more than ${requestTimeoutMs} ms`);
    }
  }
}

function settle(part: WaitingRun, outcome: Tensors | ProblemError): void {
  if (part.isSettled) return;
  part.isSettled = true;
  if (outcome instanceof ProblemError) part.reject(outcome);
  else part.resolve(outcome);
}

function timedOut(timeoutMs: number, where: string): ProblemError {
  return new ProblemError('PREDICTION_TIMEOUT', {
    detail: `No prediction within ${timeoutMs} ms: the time passed ${where}.`,
  });
}

function workerLost(cause: LaneLost): ProblemError {
  return new ProblemError('WORKER_LOST', {
    detail: `The worker that ran the model is gone: ${cause.message}. Another one takes its place.`,
    headers: { 'retry-after': '1' },
    cause,
  });
}

/** An index outside of a table, a shape that does not fit: a version that has run before fails on what it was given. */
function runFailed(cause: unknown, hasRun: boolean): ProblemError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const isOfInput = hasRun && !OUT_OF_MEMORY.test(said);
  return new ProblemError(isOfInput ? 'MODEL_REFUSED_INPUT' : 'MODEL_FAILED', {
    detail: `The model failed on these instances: ${said}`,
    cause,
  });
}
