import type { Environment } from '../environments';
import { allMonth, costLine, type CostLine } from './cost-line';
import { PRICES } from './prices';
import type { Usage } from './usage';

const ZONES = 2;
/** Managed rule groups and the rate rule of `constructs/web-firewall.ts`; AWS counts each as one rule. */
const FIREWALL_RULES = 4;

const group = 'Load balancer';

/** What faces the internet, and the names. The public hosted zone was there before and is not counted. */
export function edgeCosts(environment: Environment, usage: Usage): CostLine[] {
  const pays = ['aws_lb'];
  return [
    allMonth({ group, what: 'load balancer', quantity: 1, price: PRICES.loadBalancerHour, pays }),
    allMonth({
      group,
      what: 'its capacity units',
      quantity: usage.loadBalancerUnits,
      price: PRICES.loadBalancerUnit,
      pays,
    }),
    allMonth({
      group,
      what: 'its public addresses',
      quantity: ZONES,
      price: PRICES.publicAddress,
      pays,
    }),
    ...(environment.edge.waf === undefined ? [] : firewall(usage)),
    ...privateNames(usage),
  ];
}

function firewall(usage: Usage): CostLine[] {
  const pays = ['aws_wafv2_web_acl'];
  return [
    costLine({ group, what: 'firewall', quantity: 1, price: PRICES.firewall, pays }),
    costLine({ group, what: 'its rules', quantity: FIREWALL_RULES, price: PRICES.firewallRule, pays }),
    costLine({
      group,
      what: 'requests it looks at',
      quantity: usage.requestsMillion,
      price: PRICES.firewallRequests,
      pays,
    }),
  ];
}

function privateNames(usage: Usage): CostLine[] {
  const pays = ['aws_service_discovery_private_dns_namespace'];
  return [
    costLine({ group, what: 'private DNS zone', quantity: 1, price: PRICES.hostedZone, pays }),
    costLine({
      group,
      what: 'names asked for',
      quantity: usage.dnsQueriesMillion,
      price: PRICES.dnsQueries,
      pays,
    }),
  ];
}
