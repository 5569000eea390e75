import { parseMlmodel } from '@tidegate/mlflow-client';
import { ServedVersion } from '../models/served-version';
import { layoutOf } from '../tensors/row-layout';
import type { TensorSpec } from '../tensors/tensor';

/* What the specs of the protocols share. */

/** A version with these tensors and, as `MLmodel` has it, this signature; nothing is there to run it. */
export function specVersion(
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
  signature?: object,
): ServedVersion {
  const metadata = { inputs, outputs };
  const parts = {
    mlmodel: parseMlmodel(JSON.stringify({ flavors: { onnx: {} }, ...(signature && { signature }) })),
    metadata,
    layout: layoutOf(metadata),
    target: { name: 'digits', version: '3', location: '' },
  };
  return new ServedVersion(parts as unknown as ConstructorParameters<typeof ServedVersion>[0]);
}

/** The same numbers from 0 to below 1 in every run. */
export function sameNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
