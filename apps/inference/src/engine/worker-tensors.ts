import type { Tensor, Tensors } from '../tensors/tensor';

export interface PackedTensors {
  readonly tensors: Tensors;
  /** Memory that moves to the other thread instead of being copied. */
  readonly transfer: ArrayBuffer[];
}

/**
 * Tensors as they can go to another thread. Small inputs are views of memory they share with others, and sending a view
 * would send all of it: such ones are copied first, exactly. What `isOwned` is nobody else's and moves as it is.
 */
export function packTensors(tensors: Tensors, isOwned: boolean): PackedTensors {
  const packed: Record<string, Tensor> = {};
  const transfer: ArrayBuffer[] = [];
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    if (Array.isArray(data)) {
      packed[name] = { type, dims, data };
      continue;
    }
    const isWhole = isOwned && data.byteLength === data.buffer.byteLength;
    const own = isWhole ? data : data.slice();
    packed[name] = { type, dims, data: own };
    transfer.push(own.buffer as ArrayBuffer);
  }
  return { tensors: packed, transfer };
}
