/** How many connections each kind of work may have, so that none of them can take those of another. */
export interface ConnectionSplit {
  /** Transactions of `POST /log` that run at the same time. */
  readonly commits: number;
  /** For commits, the replay of the spool, and the checks whether the database takes writes. */
  readonly writing: number;
  readonly reading: number;
  readonly exports: number;
  /** Partitions and retention, which may wait for locks. */
  readonly upkeep: number;
}

/** The fewest connections that leave one for each kind of work. */
export const FEWEST_CONNECTIONS = 5;
const FOR_TWO_OF_EACH = 10;

/**
 * Divides `total` connections: writing comes first, what is left is for reading. With the fewest, the replay of the spool
 * and the checks take turns.
 */
export function splitConnections(total: number): ConnectionSplit {
  const each = total < FOR_TWO_OF_EACH ? 1 : 2;
  const writing = total === FEWEST_CONNECTIONS ? each + 1 : each + 2;
  const upkeep = 1;
  return { commits: each, writing, exports: each, upkeep, reading: total - writing - each - upkeep };
}
