import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadInfraSettings } from '../aws-infra.config';
import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { withCurrentCosts } from './docs-section';
import { estimate, type Estimate } from './estimate';
import { itemised } from './report';

function jsonOf({ environment, lines, totalUsd, mostUsd }: Estimate): string {
  return JSON.stringify({ environment: environment.name, lines, totalUsd, mostUsd }, null, 2);
}

const DOCUMENT = path.resolve(__dirname, '../../../../docs/costs.md');

try {
  const { environmentName, environmentChanges } = loadInfraSettings();
  const [name = environmentName, format] = process.argv.slice(2);
  if (name === 'docs') writeFileSync(DOCUMENT, withCurrentCosts(readFileSync(DOCUMENT, 'utf8')));
  else {
    const costs = estimate(loadEnvironment(name, environmentChanges));
    process.stdout.write(`${format === '--json' ? jsonOf(costs) : itemised(costs)}\n`);
  }
} catch (error) {
  if (!(error instanceof InfrastructureError)) throw error;
  process.stderr.write(
    `${error.message}\nUse: npx tsx infra/aws/src/cost/main.ts [${ENVIRONMENT_NAMES.join('|')}|docs] [--json]\n`,
  );
  process.exitCode = 1;
}
