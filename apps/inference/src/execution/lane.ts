import type { Tensors } from '../tensors/tensor';

/** One place where a model runs, one batch after the other: this thread, or a worker thread of its own. */
export interface Lane {
  /** @throws LaneLost when the place is gone; anything else is the model's own failure on these tensors. */
  run(inputs: Tensors): Promise<Tensors>;
  /** Frees it, also in the middle of a run that never ends. */
  dispose(): Promise<void>;
}

/** A worker died, or took too long and was given up: its batch failed through no fault of the input. */
export class LaneLost extends Error {
  constructor(cause: string) {
    super(cause);
    this.name = 'LaneLost';
  }
}
