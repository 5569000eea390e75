import path from 'node:path';
import { parseArgs } from 'node:util';
import { namesOf } from '../name-list';
import { numberOf } from '../number-option';

export const PARTS = ['rates', 'binary', 'logging', 'health', 'overload', 'swaps', 'soak', 'drain'] as const;
export type Part = (typeof PARTS)[number];
export const EXTRA_PEERS = ['bentoml', 'litserve'] as const;
export type ExtraPeer = (typeof EXTRA_PEERS)[number];

export interface BenchOptions {
  /** Length of one round of one contestant. */
  readonly seconds: number;
  readonly rounds: number;
  readonly parts: ReadonlySet<Part>;
  readonly extraPeers: ReadonlySet<ExtraPeer>;
  /** Moves of the alias under load. */
  readonly swaps: number;
  readonly soakMinutes: number;
  /** Length of each kind of arrivals in `overload`, and of the probing in `health`. */
  readonly overloadSeconds: number;
  /** A bundle to measure; undefined: the app is built for this. */
  readonly appFile: string | undefined;
  /** Where the app leaves profiles of its processor time. */
  readonly profileFolder: string | undefined;
  readonly isJson: boolean;
}

export const USAGE = `npx tsx --tsconfig tools/bench/tsconfig.json tools/bench/src/inference/main.ts [options]
  --seconds N           length of a round (1 to 60, default 2)
  --rounds N            how often every contestant has its turn (1 to 50, default 3)
  --only PART,…         of ${PARTS.join(', ')}; default: all
  --with PEER,…         more peers: ${EXTRA_PEERS.join(', ')}
  --swaps N             moves of the alias under load (2 to 10000, default 200)
  --soak-minutes N      length of the load while memory is watched (0.1 to 1440, default 1)
  --overload-seconds N  length of each load on the slow model (2 to 600, default 20)
  --app FILE            measure this bundle; default: apps/inference is built
  --profile FOLDER      the app leaves a .cpuprofile there
  --json                figures as JSON on standard output`;

/** @throws Error naming the option and what it takes */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join(',') },
      with: { type: 'string', default: '' },
      swaps: { type: 'string', default: '200' },
      'soak-minutes': { type: 'string', default: '1' },
      'overload-seconds': { type: 'string', default: '20' },
      app: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const soakMinutes = values['soak-minutes'];
  const overloadSeconds = values['overload-seconds'];
  return {
    seconds: numberOf('--seconds', values.seconds, { from: 1, to: 60 }),
    rounds: numberOf('--rounds', values.rounds, { from: 1, to: 50 }),
    parts: namesOf('--only', values.only, PARTS),
    extraPeers: namesOf('--with', values.with, EXTRA_PEERS),
    swaps: numberOf('--swaps', values.swaps, { from: 2, to: 10_000 }),
    soakMinutes: numberOf('--soak-minutes', soakMinutes, { from: 0.1, to: 1440, isFraction: true }),
    overloadSeconds: numberOf('--overload-seconds', overloadSeconds, { from: 2, to: 600 }),
    appFile: values.app === undefined ? undefined : path.resolve(values.app),
    profileFolder: values.profile === undefined ? undefined : path.resolve(values.profile),
    isJson: values.json,
  };
}
