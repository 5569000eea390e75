/** How many elements a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The element at `position` of a tensor of `shape`, found again in the nested arrays it came as, and its index in each. */
export function elementAt(
  items: readonly unknown[],
  shape: readonly number[],
  position: number,
): { readonly value: unknown; readonly path: readonly number[] } {
  let rest = position;
  let value: unknown = items;
  const path = shape.map((_, depth) => {
    const stride = sizeOf(shape.slice(depth + 1));
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    value = (value as readonly unknown[])[index];
    return index;
  });
  return { value, path };
}

/** A path as in code, for messages: `[3][0]`. */
export function indicesText(path: readonly number[]): string {
  return path.map((index) => `[${index}]`).join('');
}
