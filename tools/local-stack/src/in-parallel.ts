/**
 * Waits for all steps, also when one fails: what the others started must be known before it can be stopped.
 *
 * @throws the first failure
 */
export async function inParallel<T extends readonly Promise<unknown>[]>(
  steps: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(steps);
  return Promise.all(steps);
}
