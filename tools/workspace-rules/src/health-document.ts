import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from './lint-texts';

/** A row of "Who asks" in docs/health.md, without what happens then. */
export interface HealthCheckRow {
  readonly who: string;
  readonly asks: string;
  readonly of: string;
  readonly firstAfter: string;
  readonly every: string;
  readonly givesUpAfter: string;
  readonly inARow: string;
}

/** The rows that are in the document. */
export function documentedHealthChecks(): HealthCheckRow[] {
  const [, section = ''] = readFileSync(path.join(workspaceRoot, 'docs/health.md'), 'utf8').split(
    '## Who asks\n',
  );
  return [...section.matchAll(/^\| (?!who|---)(.*) \|$/gm)].map(([, line = '']) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [who = '', asks = '', of = '', firstAfter = '', every = '', givesUpAfter = '', inARow = ''] = cells;
    return { who, asks, of, firstAfter, every, givesUpAfter, inARow };
  });
}
