import { residentBytes } from '../process-figures';
import { measureRates, type RateTable } from '../rates';
import type { LoadGenerator } from '../wrk';
import { contenderOf, type Contestant } from './contestant';
import { OPEN_INFERENCE, OPEN_INFERENCE_BINARY } from './dialects';
import { LABELS } from './labels';
import type { DigitsVersion } from './models';

export interface MemoryRow {
  readonly label: string;
  readonly megabytes: number | undefined;
}

export interface Turns {
  readonly rounds: number;
  readonly seconds: number;
}

export const ONE_ROW = 'one row';
export const MANY_ROWS = '64 rows';
export const BINARY = '64 rows in JSON and as binary tensors';
const LOADS = [
  { rows: 1, connections: 1 },
  { rows: 1, connections: 16 },
  { rows: 1, connections: 64 },
  { rows: 64, connections: 8 },
];
const BATCH_CONNECTIONS = 8;
const MEGABYTE = 1e6;
const WARM_UP_SECONDS = 2;
/** A server that refuses a few shall still have its row; whether it should have is a goal of its own. */
const REFUSED_PERCENT = 1;
export const RATE_LIMITS = { warmUpSeconds: WARM_UP_SECONDS, refusedPercent: REFUSED_PERCENT };

/** Every load on every server, in turn. */
export async function measureSpeed(
  load: LoadGenerator,
  contestants: readonly Contestant[],
  { digits, turns, say }: { digits: DigitsVersion; turns: Turns; say: (line: string) => void },
): Promise<readonly RateTable[]> {
  const tables: RateTable[] = [];
  for (const { rows: count, connections } of LOADS) {
    const rows = digits.rows.slice(0, count);
    const scenario = count === 1 ? ONE_ROW : MANY_ROWS;
    say(`requests per second: ${scenario}, ${connections} connections`);
    const contenders = contestants.map((contestant) => contenderOf(contestant, rows));
    const measured = await measureRates(load, contenders, {
      ...turns,
      connections,
      ...RATE_LIMITS,
    });
    tables.push({ scenario, connections, rows: measured });
  }
  return tables;
}

/** What each holds after all of that. */
export function measureMemory(contestants: readonly Contestant[]): readonly MemoryRow[] {
  return contestants.map(({ target: { label, pid } }) => {
    const bytes = residentBytes(pid);
    return { label, megabytes: bytes === undefined ? undefined : bytes / MEGABYTE };
  });
}

/** The forms in which the app takes the same rows. */
export function binaryContestants(app: Contestant): readonly Contestant[] {
  return [
    app,
    { ...app, target: { ...app.target, label: LABELS.openInferenceJson }, dialect: OPEN_INFERENCE },
    { ...app, target: { ...app.target, label: LABELS.openInferenceBinary }, dialect: OPEN_INFERENCE_BINARY },
  ];
}

export async function measureBinary(
  load: LoadGenerator,
  contestants: readonly Contestant[],
  { digits, turns }: { digits: DigitsVersion; turns: Turns },
): Promise<RateTable> {
  const contenders = contestants.map((contestant) => contenderOf(contestant, digits.rows));
  const connections = BATCH_CONNECTIONS;
  const rows = await measureRates(load, contenders, {
    ...turns,
    connections,
    warmUpSeconds: WARM_UP_SECONDS,
  });
  return { scenario: BINARY, connections, rows };
}
