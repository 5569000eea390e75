import type { EngineMetadata } from '../engine/model-engine';
import type { TensorSpec } from './tensor';

/**
 * How instances become tensors. Stacked: the first dimension of every input and output is free, so that it counts
 * instances and one run takes them all. Otherwise each instance is a run of its own.
 */
export interface RowLayout {
  readonly isStacked: boolean;
  /** Whether the first dimension of every input counts instances (free, or fixed at 1). */
  readonly hasRowDimension: boolean;
}

export function layoutOf(metadata: EngineMetadata): RowLayout {
  const isStacked = [...metadata.inputs, ...metadata.outputs].every(
    ({ shape }) => shape.length > 0 && shape[0] === undefined,
  );
  const hasRowDimension = metadata.inputs.every(
    ({ shape }) => shape.length > 0 && (shape[0] === undefined || shape[0] === 1),
  );
  return { isStacked, hasRowDimension };
}

/** The shape of one instance of `input`. */
export function rowShapeOf(input: TensorSpec, layout: RowLayout): readonly (number | undefined)[] {
  return layout.hasRowDimension ? input.shape.slice(1) : input.shape;
}
