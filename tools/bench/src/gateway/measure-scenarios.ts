import { measureRates, type RateTable } from '../rates';
import type { Target } from '../target';
import type { LoadGenerator } from '../wrk';
import { SCENARIOS } from './scenarios';

const WARM_UP_SECONDS = 3;

/** Every kind of request through every target. */
export async function measureScenarios(
  load: LoadGenerator,
  targets: readonly Target[],
  { rounds, seconds, connections }: { rounds: number; seconds: number; connections: number },
): Promise<readonly RateTable[]> {
  const options = { rounds, seconds, connections, warmUpSeconds: WARM_UP_SECONDS };
  const tables: RateTable[] = [];
  for (const scenario of SCENARIOS) {
    const contenders = targets.map((target) => ({ label: target.label, target, scenario }));
    const rows = await measureRates(load, contenders, options);
    tables.push({ scenario: scenario.label, connections, rows });
  }
  return tables;
}
