import type { OpenedModel } from '../engine/worker-messages';

/** What it costs to send a batch to a worker thread and back. */
const HOP_MS = 0.12;
/** A batch in the thread that answers requests holds them all up: health checks as well. */
const LONGEST_INLINE_BATCH_MS = 2;
/** So does loading it there, at every swap. */
const LONGEST_INLINE_LOAD_MS = 50;

/** Whether a model is better off in the thread that answers requests than in one of its own. */
export function isQuickEnoughInline({
  probe: { runMs, manyRowsMs },
  loadMs,
}: Pick<OpenedModel, 'probe' | 'loadMs'>): boolean {
  if (runMs === undefined) return false;
  return (
    runMs <= HOP_MS && (manyRowsMs ?? runMs) <= LONGEST_INLINE_BATCH_MS && loadMs <= LONGEST_INLINE_LOAD_MS
  );
}
