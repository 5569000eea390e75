import type { KeyValue } from './mlflow-records';

/** What MLflow takes in one `log-batch`. */
const MAX_PAIRS = 100;
export const MAX_METRICS = 1_000;
/** MLflow takes 1,000,000 bytes; a character may need six of them in its count. */
const MAX_CHARS = 150_000;

/** Params or tags in portions that MLflow takes in one call. */
export function* pairBatches(pairs: readonly KeyValue[]): Generator<readonly KeyValue[]> {
  let batch: KeyValue[] = [];
  let chars = 0;
  for (const pair of pairs) {
    const more = pair.key.length + pair.value.length;
    if (batch.length === MAX_PAIRS || (batch.length > 0 && chars + more > MAX_CHARS)) {
      yield batch;
      batch = [];
      chars = 0;
    }
    batch.push(pair);
    chars += more;
  }
  if (batch.length > 0) yield batch;
}
