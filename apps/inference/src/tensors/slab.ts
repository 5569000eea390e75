/** Small arrays share memory: V8 keeps the memory of every other one outside its heap, which costs a microsecond each. */
const SLAB_BYTES = 64 * 1024;
const MAX_SHARED_BYTES = 8 * 1024;
/** Every element type may start there. */
const ALIGNMENT = 8;

let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

type NumberArrayType<T> = {
  new (length: number): T;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/**
 * An array of zeros whose memory may be part of a larger piece that others use as well: its `buffer` must not be
 * transferred or cloned to another thread as a whole. Arrays that are made one after the other tend to be neighbours.
 */
export function allocateShared<T>(type: NumberArrayType<T>, length: number): T {
  const bytes = length * type.BYTES_PER_ELEMENT;
  if (bytes > MAX_SHARED_BYTES) return new type(length);
  const start = Math.ceil(used / ALIGNMENT) * ALIGNMENT;
  if (start + bytes <= SLAB_BYTES) {
    used = start + bytes;
    return new type(slab, start, length);
  }
  slab = new ArrayBuffer(SLAB_BYTES);
  used = bytes;
  return new type(slab, 0, length);
}
