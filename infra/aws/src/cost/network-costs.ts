import type { Environment } from '../environments';
import { allMonth, costLine, type CostLine } from './cost-line';
import { PRICES } from './prices';
import { taskCount, type Scale } from './task-costs';
import type { Usage } from './usage';

/** Of an account and month, over all regions. */
const FREE_GB_OUT = 100;
const NAT_INSTANCE_DISK_GIB = 8;
const ZONES = 2;
/** Interface endpoints of `constructs/interface-endpoints.ts`, each in both zones. */
const INTERFACE_ENDPOINTS = 4;

const group = 'Network';

/** What it costs that tasks in private subnets reach AWS and the internet, and the traffic itself. */
export function networkCosts(environment: Environment, usage: Usage, scale: Scale): CostLine[] {
  return [
    ...wayOut(environment, usage, scale),
    ...(environment.network.hasInterfaceEndpoints ? endpoints(usage) : []),
    costLine({
      group,
      what: 'traffic between the zones, both sides',
      quantity: 2 * usage.gbBetweenZones,
      price: PRICES.dataBetweenZones,
      pays: [],
    }),
    costLine({
      group,
      what: `traffic to the internet beyond ${FREE_GB_OUT} GB`,
      quantity: Math.max(0, usage.gbOut - FREE_GB_OUT),
      price: PRICES.dataOut,
      pays: [],
    }),
  ].filter(({ quantity }) => quantity > 0);
}

function wayOut(environment: Environment, usage: Usage, scale: Scale): CostLine[] {
  switch (environment.network.nat) {
    case 'gateway':
      return gateways(1, usage);
    case 'gateway-per-zone':
      return gateways(ZONES, usage);
    case 'instance':
      return instance();
    case 'none':
      return [addresses(taskCount(environment, scale), 'public addresses of the tasks', 'aws_ecs_service')];
  }
}

function gateways(count: number, usage: Usage): CostLine[] {
  const pays = ['aws_nat_gateway'];
  return [
    allMonth({ group, what: 'NAT gateway', quantity: count, price: PRICES.natGatewayHour, pays }),
    addresses(count, 'its public address', 'aws_eip'),
    costLine({
      group,
      what: 'traffic through the NAT gateway',
      quantity: usage.gbThroughNat,
      price: PRICES.natGatewayData,
      pays,
    }),
  ];
}

function instance(): CostLine[] {
  const pays = ['aws_instance'];
  return [
    allMonth({
      group,
      what: 'NAT instance t4g.nano',
      quantity: 1,
      price: PRICES.natInstanceHour,
      pays,
    }),
    costLine({
      group,
      what: 'its disk',
      quantity: NAT_INSTANCE_DISK_GIB,
      price: PRICES.natInstanceDisk,
      pays,
    }),
    addresses(1, 'its public address', 'aws_eip'),
  ];
}

function addresses(count: number, what: string, payer: string): CostLine {
  return allMonth({ group, what, quantity: count, price: PRICES.publicAddress, pays: [payer] });
}

function endpoints(usage: Usage): CostLine[] {
  const pays = ['aws_vpc_endpoint'];
  return [
    allMonth({
      group,
      what: `${INTERFACE_ENDPOINTS} interface endpoints in ${ZONES} zones`,
      quantity: INTERFACE_ENDPOINTS * ZONES,
      price: PRICES.endpointHour,
      pays,
    }),
    costLine({
      group,
      what: 'traffic through them',
      quantity: usage.gbThroughNat + usage.logGb,
      price: PRICES.endpointData,
      pays,
    }),
  ];
}
