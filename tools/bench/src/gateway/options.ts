import { parseArgs } from 'node:util';
import { numberOf } from '../number-option';

export interface BenchOptions {
  /** Length of one round of one target. */
  readonly seconds: number;
  readonly rounds: number;
  /** Of the load at full speed. */
  readonly connections: number;
  /** Length of an artifact; 0 leaves the artifacts out. */
  readonly artifactGib: number;
  readonly isJson: boolean;
  /** Where the gateway leaves profiles of its processor time. */
  readonly profileFolder: string | undefined;
}

export const USAGE = `npx tsx tools/bench/src/gateway/main.ts [options]
  --seconds N        length of a round (1 to 60, default 4)
  --rounds N         how often every target has its turn (1 to 50, default 5)
  --connections N    of the load at full speed (1 to 1024, default 32)
  --artifact-gib N   length of an artifact (0 to 64, default 0.5; 0: none)
  --profile FOLDER   the gateway leaves a .cpuprofile there
  --json             figures as JSON on standard output`;

/** @throws Error naming the option and what it takes */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      'artifact-gib': { type: 'string', default: '0.5' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    seconds: numberOf('--seconds', values.seconds, { from: 1, to: 60 }),
    rounds: numberOf('--rounds', values.rounds, { from: 1, to: 50 }),
    connections: numberOf('--connections', values.connections, { from: 1, to: 1024 }),
    artifactGib: numberOf('--artifact-gib', values['artifact-gib'], { from: 0, to: 64, isFraction: true }),
    isJson: values.json,
    profileFolder: values.profile,
  };
}
