/** Asks every 50 ms until it is reached. @throws when that took too many attempts */
export async function until(isReached: () => boolean | Promise<boolean>, attempts = 200): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await isReached()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen in ${attempts} attempts`);
}
