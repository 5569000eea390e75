/** The key of a model version; neither text can hold U+0000. */
export function versionKey({ model, version }: { readonly model: string; readonly version: string }): string {
  return `${model}\0${version}`;
}
