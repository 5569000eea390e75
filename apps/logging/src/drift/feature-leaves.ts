/** From `inputs` or `outputs` down to a scalar: field names and positions. */
export type FeaturePath = readonly (string | number)[];

export type Scalar = string | number | boolean;

/** Deeper values and longer names are no features; `/drift` says how many were left out. */
const MAX_DEPTH = 8;
const MAX_NAME_LENGTH = 200;

const PLAIN_FIELD = /^[A-Za-z_]\w*$/;

/** `inputs.age`, `inputs[3]`, `outputs["odd name"]`. */
export function featureName(path: FeaturePath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!PLAIN_FIELD.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Calls `onLeaf` for every scalar, `onLeftOut` for what is too deep or has too long a name. Null is no value. */
export function walkLeaves(
  value: unknown,
  path: FeaturePath,
  onLeaf: (path: FeaturePath, value: Scalar) => void,
  onLeftOut: (path: FeaturePath) => void,
): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    if (featureName(path).length > MAX_NAME_LENGTH) onLeftOut(path);
    else onLeaf(path, value as Scalar);
  } else if (path.length > MAX_DEPTH) onLeftOut(path);
  else if (Array.isArray(value))
    value.forEach((item, index) => walkLeaves(item, [...path, index], onLeaf, onLeftOut));
  else
    for (const [field, child] of Object.entries(value))
      walkLeaves(child, [...path, field], onLeaf, onLeftOut);
}
