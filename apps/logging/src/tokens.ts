/** Injection tokens of what has no class of its own. */
export const CLOCK = Symbol('Clock');
export const POOL = Symbol('Pool');
export const DATABASE_PROBE = Symbol('DatabaseProbe');
