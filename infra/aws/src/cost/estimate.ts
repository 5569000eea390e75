import type { Environment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { COST_GROUPS, sumUsd, type CostGroup, type CostLine } from './cost-line';
import { databaseCosts } from './database-costs';
import { edgeCosts } from './edge-costs';
import { networkCosts } from './network-costs';
import { PRICED_REGION } from './prices';
import { backupCosts, secretCosts, storageCosts } from './storage-costs';
import { taskCosts, type Scale } from './task-costs';
import { assumedUsage, type Usage } from './usage';
import { watchingCosts } from './watching-costs';

/** What an environment costs in a month of 730 hours, in US dollars without tax. */
export interface Estimate {
  readonly environment: Environment;
  readonly usage: Usage;
  /** With the least number of tasks of every service. */
  readonly lines: readonly CostLine[];
  readonly totalUsd: number;
  /** With every task that autoscaling may add, the whole month. */
  readonly mostUsd: number;
}

/**
 * @param usage what a month of use amounts to. @default a guess for the environment, see `assumedUsage`
 * @throws InfrastructureError for a region or an instance class without a known price
 */
export function estimate(environment: Environment, usage: Usage = assumedUsage(environment)): Estimate {
  if (environment.region !== PRICED_REGION) {
    throw new InfrastructureError(
      `The prices are of ${PRICED_REGION}, the environment is in ${environment.region}. ` +
        'Put the prices of that region into infra/aws/src/cost/prices.ts, or ask the AWS Pricing Calculator.',
    );
  }
  const lines = costLines(environment, usage, 'least');
  return {
    environment,
    usage,
    lines,
    totalUsd: sumUsd(lines),
    mostUsd: sumUsd(costLines(environment, usage, 'most')),
  };
}

/** Sum of each group that has a line, in the order of the bill. */
export function groupTotals({ lines }: Estimate): [group: CostGroup, usd: number][] {
  return COST_GROUPS.map((group): [CostGroup, number] => [
    group,
    sumUsd(lines.filter((line) => line.group === group)),
  ]).filter(([, usd]) => usd > 0);
}

function costLines(environment: Environment, usage: Usage, scale: Scale): CostLine[] {
  return [
    ...networkCosts(environment, usage, scale),
    ...edgeCosts(environment, usage),
    ...taskCosts(environment, scale),
    ...databaseCosts(environment),
    ...storageCosts(usage),
    ...backupCosts(environment, usage),
    ...secretCosts(environment),
    ...watchingCosts(environment, usage),
  ];
}
