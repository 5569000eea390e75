import { explainAwsFailure, isPassing } from './aws-failure';
import { CommandError } from './command-error';
import type { OperationsContext } from './operations/operations-context';

export interface Patience {
  readonly region: string;
  /** For how long failures are put up with. */
  readonly patienceMs: number;
  /** What goes on without the command, for when it ends. */
  readonly meanwhile?: string;
}

export interface Surroundings extends Pick<OperationsContext, 'sleep' | 'note'> {
  readonly clock: Pick<OperationsContext['clock'], 'monotonicMs'>;
}

const RETRY_MS = 5_000;

/**
 * What a look at AWS gives. A command that waits or watches for long does not end with a failure that passes: it looks again.
 *
 * @throws CommandError when AWS refuses, or still fails when the patience is over
 */
export async function lookPatiently<T>(
  look: () => Promise<T>,
  { region, patienceMs, meanwhile }: Patience,
  { clock, sleep, note }: Surroundings,
): Promise<T> {
  const deadlineMs = clock.monotonicMs() + patienceMs;
  let told = '';
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const failure = explainAwsFailure(error, region);
      if (failure === undefined) throw error;
      if (!isPassing(error) || clock.monotonicMs() >= deadlineMs)
        throw new CommandError([failure.message, meanwhile].filter(Boolean).join(' '));
      const [what] = failure.message.split(' Expected ');
      if (what !== told) note(`  ${what} Trying again …`);
      told = what ?? '';
      await sleep(RETRY_MS);
    }
  }
}
