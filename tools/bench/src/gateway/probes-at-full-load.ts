import { setTimeout as wait } from 'node:timers/promises';
import { measureProbes, type ProbeTable } from '../probes';
import type { Target } from '../target';
import type { LoadGenerator } from '../wrk';
import { GET_RUN } from './scenarios';

const PATHS = ['/health', '/ready', '/live'];
const SETTLE_MS = 1_000;

/** Probes a target while the load generator sends all it can take. */
export async function measureProbesAtFullLoad(
  load: LoadGenerator,
  target: Target,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<ProbeTable> {
  const loading = load.send(target, GET_RUN, { connections, seconds: seconds + 2 });
  await wait(SETTLE_MS);
  const rows = await measureProbes(target, { seconds, paths: PATHS });
  const { perSecond } = await loading;
  return { connections, perSecond, rows };
}
