import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import type { SeriesLabels } from './metric-families';

/** prom-client's own, of which the page has those that are read. */
const OF_THE_PROCESS = /^(process|nodejs)_/;

/** What docs/metrics.md has that no process exports, or with other labels, and what it lacks. */
export function differencesFromDocument(exported: SeriesLabels): string[] {
  const text = readFileSync(path.join(workspaceRoot, 'docs/metrics.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\|[^|]*\|([^|]*)\|/gm)];
  const documented = new Map(
    rows.map(([, name = '', type = '', labels = '']) => [
      type === 'histogram' ? `${name}_count` : name,
      [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
    ]),
  );
  const wrong = [...documented].flatMap(([series, labels]) => {
    const known = exported.get(series);
    if (known === undefined) return [`no app exports ${series}`];
    // A metric without a series yet shows no labels.
    if (known.size === 0 || [...known].sort().join() === labels.join()) return [];
    return [`${series} has the labels ${[...known].sort().join()}`];
  });
  const missing = [...exported.keys()]
    .filter((series) => !OF_THE_PROCESS.test(series) && !/_(bucket|sum)$/.test(series))
    .filter((series) => !documented.has(series))
    .map((series) => `the page lacks ${series}`);
  return [...wrong, ...missing];
}
