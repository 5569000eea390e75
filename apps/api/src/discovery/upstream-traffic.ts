import type { ProblemCode } from '@tidegate/schemas';

/**
 * How a forwarded request ended: with an answer, with one that broke off, without the caller, or with the code of the
 * problem the caller got instead.
 */
export type ForwardOutcome = 'answered' | 'cut' | 'cancelled' | ProblemCode;

/** Plain counts, since they are kept for every request; the metrics read them when somebody asks. */
export class UpstreamTraffic {
  readonly outcomes = new Map<ForwardOutcome, number>();
  retries = 0;

  count(outcome: ForwardOutcome): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}
