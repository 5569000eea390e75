/** By model: the field of its outputs that holds the label. */
export type LabelFields = ReadonlyMap<string, string>;

/**
 * The label of outputs, or of what turned out to be true, as text: the field that the model's defect rule names, else the
 * field `label`, else the value itself when it is a scalar. Undefined: there is none to compare.
 */
export function labelOf(model: string, value: unknown, fields: LabelFields): string | undefined {
  if (typeof value !== 'object' || value === null) return scalarText(value);
  const named = fields.get(model);
  return (named === undefined ? undefined : fieldText(value, named)) ?? fieldText(value, 'label');
}

function fieldText(value: object, field: string): string | undefined {
  return Object.hasOwn(value, field) ? scalarText((value as Record<string, unknown>)[field]) : undefined;
}

/** `1`, `1.0` and `"1"` are the same text. */
function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** The fields that the defect rules name. */
export function labelFieldsOf(
  rules: Readonly<Record<string, { readonly output?: string | undefined }>>,
): LabelFields {
  return new Map(
    Object.entries(rules).flatMap(([model, { output }]) => (output === undefined ? [] : [[model, output]])),
  );
}
