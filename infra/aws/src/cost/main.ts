import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadInfraSettings } from '../aws-infra.config';
import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { withCurrentCosts } from './docs-section';
import { estimate } from './estimate';
import { itemised } from './report';

const DOCUMENT = path.resolve(__dirname, '../../../../docs/costs.md');

try {
  const { environmentName, environmentChanges } = loadInfraSettings();
  const [name = environmentName] = process.argv.slice(2);
  if (name === 'docs') writeFileSync(DOCUMENT, withCurrentCosts(readFileSync(DOCUMENT, 'utf8')));
  else process.stdout.write(`${itemised(estimate(loadEnvironment(name, environmentChanges)))}\n`);
} catch (error) {
  if (!(error instanceof InfrastructureError)) throw error;
  process.stderr.write(
    `${error.message}\nUse: npx tsx infra/aws/src/cost/main.ts [${ENVIRONMENT_NAMES.join('|')}|docs]\n`,
  );
  process.exitCode = 1;
}
