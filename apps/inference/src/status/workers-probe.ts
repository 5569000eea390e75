import type { Clock } from '@tidegate/clock';
import { CachedProbe, type ProbeResult } from '@tidegate/health';
import type { ServedModels } from '../models/served-models';

/**
 * Whether models can still run: all workers of a model lost, and new ones not to be had, is what only a restart of the
 * process can mend. A challenger that dies is no reason to end who answers.
 */
export function workersProbe(models: Pick<ServedModels, 'followers'>, clock: Clock): CachedProbe {
  return new CachedProbe('workers', () => Promise.resolve(checkWorkers(models)), clock, { freshMs: 0 });
}

function checkWorkers({ followers }: Pick<ServedModels, 'followers'>): ProbeResult {
  const lost = followers.filter(
    ({ spec, current }) => spec.shadowShare === undefined && current?.executor.lanes.isBeyondRepair === true,
  );
  if (lost.length === 0) return { status: 'healthy' };
  const names = lost.map(({ selector }) => selector.text).join(', ');
  const cause = `All workers of ${names} are lost and new ones cannot be started: only a restart can help.`;
  return { status: 'unhealthy', failure: { code: 'WORKERS_LOST', cause } };
}
