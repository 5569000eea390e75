import { parseArgs } from 'node:util';
import { namesOf } from '../name-list';
import { numberOf } from '../number-option';

export const PARTS = ['singles', 'batches', 'crashes', 'outage', 'reading'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  /** Length of one round of one contestant. */
  readonly seconds: number;
  readonly rounds: number;
  readonly parts: ReadonlySet<Part>;
  /** How often something is killed; half of the rounds with a spool, half without. */
  readonly crashRounds: number;
  /** How long PostgreSQL is stopped. */
  readonly outageMinutes: number;
  /** Predictions of 30 days that `/stats` is asked about, in millions. */
  readonly millionRows: number;
  readonly isJson: boolean;
}

export const USAGE = `npx tsx --tsconfig tools/bench/tsconfig.json tools/bench/src/logging/main.ts [options]
  --seconds N         length of a round (1 to 60, default 5)
  --rounds N          how often every contestant has its turn (1 to 50, default 3)
  --only PART,…       of ${PARTS.join(', ')}; default: all
  --crash-rounds N    kills under load (8 to 100000, default 200)
  --outage-minutes N  how long PostgreSQL is stopped while events come (0.1 to 60, default 10)
  --million-rows N    predictions in the log that is read (0.1 to 100, default 10)
  --json              figures as JSON on standard output`;

/** @throws Error naming the option and what it takes */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join(',') },
      'crash-rounds': { type: 'string', default: '200' },
      'outage-minutes': { type: 'string', default: '10' },
      'million-rows': { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  });
  const outageMinutes = values['outage-minutes'];
  const millionRows = values['million-rows'];
  return {
    seconds: numberOf('--seconds', values.seconds, { from: 1, to: 60 }),
    rounds: numberOf('--rounds', values.rounds, { from: 1, to: 50 }),
    parts: namesOf('--only', values.only, PARTS),
    crashRounds: numberOf('--crash-rounds', values['crash-rounds'], { from: 8, to: 100_000 }),
    outageMinutes: numberOf('--outage-minutes', outageMinutes, { from: 0.1, to: 60, isFraction: true }),
    millionRows: numberOf('--million-rows', millionRows, { from: 0.1, to: 100, isFraction: true }),
    isJson: values.json,
  };
}
