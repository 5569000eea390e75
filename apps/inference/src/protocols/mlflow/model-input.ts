import type { Frame } from './frame';
import type { NdArray } from './nd-array';

/**
 * What MLflow hands to the model. A frame comes back as records, each output flattened to one value a row; arrays come
 * back as an object by output name.
 */
export type ModelInput =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'array'; readonly array: NdArray }
  | { readonly kind: 'arrays'; readonly byName: ReadonlyMap<string, NdArray> };
