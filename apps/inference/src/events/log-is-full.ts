import { ProblemError } from '@tidegate/schemas';

/** Why a prediction is refused under LOG_WHEN_FULL=refuse. */
export function logIsFull(): ProblemError {
  return new ProblemError('OVERLOADED', {
    detail:
      'The prediction log does not take events, no more of them fit into memory (LOG_QUEUE_EVENTS, 64 MiB) or the spool ' +
      '(LOG_SPOOL_DIR, LOG_SPOOL_MAX_BYTES), and LOG_WHEN_FULL is refuse: no prediction is given that cannot be logged.',
    headers: { 'retry-after': '10' },
  });
}
