/**
 * Some of the known names, separated by commas.
 *
 * @throws Error naming the option, and the names it takes
 */
export function namesOf<Name extends string>(
  option: string,
  text: string,
  known: readonly Name[],
): ReadonlySet<Name> {
  const names = text.split(',').filter((name) => name !== '');
  return new Set(
    names.map((name) => {
      const found = known.find((one) => one === name);
      if (found === undefined) throw new Error(`${option} has "${name}". Expected of ${known.join(', ')}`);
      return found;
    }),
  );
}
