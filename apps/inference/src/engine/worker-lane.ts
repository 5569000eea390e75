import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LaneLost } from '../execution/lane';
import type { MortalLane } from '../execution/worker-lanes';
import { ModelProblem } from '../models/model-problem';
import type { Tensors } from '../tensors/tensor';
import type { ModelFolder } from './model-engine';
import { entersNative, leavesNative } from './native-guard';
import type { FromWorker, OpenedModel, ToWorker, WorkerSettings } from './worker-messages';
import { packTensors } from './worker-tensors';

/** Beside the app's own bundle. */
const PROGRAM = join(__dirname, 'engine-worker.js');

interface Pending {
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A model in a worker thread of its own: a session, one batch at a time. The thread is asked to end, never terminated:
 * onnxruntime-node aborts the whole process when its thread is terminated during a run.
 */
export class WorkerLane implements MortalLane {
  private pending: Pending | undefined;
  private goneBecause: string | undefined;
  private reportGone: (cause: string) => void = () => undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly ended: Promise<void>,
    /** What it found out while it loaded the model. */
    readonly opened: OpenedModel,
  ) {
    worker.on('message', (message: FromWorker) => this.take(message));
    worker.on('messageerror', (error) => this.gone(`its answer could not be read: ${error.message}`));
    worker.on('error', (error) => this.gone(textOf(error)));
    worker.on('exit', (code) => this.gone(`it ended with code ${code}`));
  }

  /**
   * Starts a thread that loads and warms up the model of `folder`. After an abort it rejects when the thread has ended,
   * which is after the model is loaded: that cannot be interrupted.
   *
   * @throws ModelProblem; what `signal` was aborted with
   */
  static async open(folder: ModelFolder, signal: AbortSignal, program = PROGRAM): Promise<WorkerLane> {
    signal.throwIfAborted();
    const worker = new Worker(program, { workerData: { folder } satisfies WorkerSettings });
    const ended = endOf(worker);
    entersNative(worker);
    try {
      const opened = await firstMessage(worker);
      leavesNative(worker);
      signal.throwIfAborted();
      return new WorkerLane(worker, ended, opened);
    } catch (error) {
      endThread(worker);
      await ended;
      signal.throwIfAborted();
      throw error;
    }
  }

  run(inputs: Tensors): Promise<Tensors> {
    return new Promise((resolve, reject) => {
      if (this.goneBecause !== undefined) return reject(new LaneLost(this.goneBecause));
      const { tensors, transfer } = packTensors(inputs, false);
      this.worker.postMessage({ kind: 'run', inputs: tensors } satisfies ToWorker, transfer);
      this.pending = { resolve, reject };
      entersNative(this.worker);
    });
  }

  onGone(callback: (cause: string) => void): void {
    this.reportGone = callback;
  }

  /** Nobody waits for its run any more; the thread is free of it when the run ends by itself. */
  async dispose(): Promise<void> {
    this.reportGone = () => undefined;
    this.gone('it was stopped');
    endThread(this.worker);
    await this.ended;
  }

  private take(message: FromWorker): void {
    leavesNative(this.worker);
    const { pending } = this;
    this.pending = undefined;
    if (message.kind === 'done') pending?.resolve(message.outputs);
    else if (message.kind === 'error') pending?.reject(new Error(message.message));
  }

  private gone(cause: string): void {
    if (this.goneBecause !== undefined) return;
    this.goneBecause = cause;
    this.pending?.reject(new LaneLost(cause));
    this.pending = undefined;
    this.reportGone(cause);
  }
}

function endThread(worker: Worker): void {
  worker.postMessage({ kind: 'end' } satisfies ToWorker);
}

function endOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => {
      leavesNative(worker);
      resolve();
    });
  });
}

function firstMessage(worker: Worker): Promise<OpenedModel> {
  return new Promise((resolve, reject) => {
    const failed = (what: string): void =>
      reject(new ModelProblem('MODEL_LOAD_FAILED', `The worker thread of the model ended: ${what}`));
    worker.once('error', (error) => failed(textOf(error)));
    worker.once('exit', (code) => failed(`code ${code}`));
    worker.once('message', (message: FromWorker) => {
      if (message.kind === 'ready') resolve(message.opened);
      else if (message.kind === 'failed')
        reject(new ModelProblem(message.failure.code, message.failure.message));
    });
  });
}

/** An error of another thread is no instance of this one's class. */
function textOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
