import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import { CREATED_BY_BOOTSTRAP, CREATED_BY_SECRET, type KeyRow } from './key-row';

function hasEnded({ revoked_at, expires_at }: KeyRow, clock: Clock): boolean {
  return revoked_at !== null || (expires_at !== null && expires_at.getTime() <= clock.nowMs());
}

/** The caller's key was valid a moment ago. @throws ProblemError API_KEY_INVALID */
export function requireValid(caller: KeyRow | undefined, clock: Clock): KeyRow {
  if (caller && !hasEnded(caller, clock)) return caller;
  throw new ProblemError('API_KEY_INVALID');
}

/** @throws ProblemError BOOTSTRAP_KEY_LIMITED */
export function refuseBootstrap(caller: KeyRow): void {
  if (caller.created_by === CREATED_BY_BOOTSTRAP) throw new ProblemError('BOOTSTRAP_KEY_LIMITED');
}

/** @throws ProblemError KEY_NOT_FOUND */
export function requireFound(row: KeyRow | undefined, id: string): KeyRow {
  if (row) return row;
  throw new ProblemError('KEY_NOT_FOUND', { detail: `No key has the id ${id}` });
}

/** @throws ProblemError KEY_NOT_ROTATABLE */
export function requireRotatable(row: KeyRow, clock: Clock): void {
  const reason =
    row.created_by === CREATED_BY_SECRET || row.created_by === CREATED_BY_BOOTSTRAP
      ? 'was given by secret'
      : row.replaced_by !== null
        ? `was rotated already: rotate its successor ${row.replaced_by}`
        : hasEnded(row, clock)
          ? 'has ended'
          : undefined;
  if (reason !== undefined)
    throw new ProblemError('KEY_NOT_ROTATABLE', { detail: `Key ${row.id} ${reason}` });
}
