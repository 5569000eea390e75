/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When requests of callers that know nothing of each other arrive (a Poisson process), in milliseconds from the start. */
export function poissonArrivalsMs(perSecond: number, seconds: number, random: () => number): number[] {
  const arrivals: number[] = [];
  let atMs = 0;
  for (;;) {
    atMs -= (Math.log(1 - random()) / perSecond) * 1000;
    if (atMs >= seconds * 1000) return arrivals;
    arrivals.push(atMs);
  }
}
