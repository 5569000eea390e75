import type { RouteTable, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { DiagnosisFacts, NetworkFacts } from './diagnosis-facts';
import type { Observation } from './observation';

const DATABASE_PORT = 5432;
const HTTPS_PORT = 443;
/** Where a route to everywhere is not needed to start a task. */
const ENDPOINTS_TO_START = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'];

/** Connections the service needs and that the network does not let through. */
export function observeNetwork(facts: DiagnosisFacts): Observation[] {
  if ('unchecked' in facts.network) return [];
  const network = facts.network.value;
  return [...fromLoadBalancer(facts, network), ...toDatabase(facts, network), ...toAws(network)].map(
    (text) => ({
      source: 'network',
      subject: '',
      text,
      count: 1,
      isTrouble: true,
    }),
  );
}

function fromLoadBalancer({ observation }: DiagnosisFacts, network: NetworkFacts): string[] {
  const { serviceGroups, loadBalancers } = network;
  const balancerGroups = loadBalancers.flatMap(({ SecurityGroups = [] }) => SecurityGroups);
  const ports = (observation.service.loadBalancers ?? []).flatMap(({ containerPort }) => containerPort ?? []);
  if (balancerGroups.length === 0) return [];
  return ports.flatMap((port) => [
    ...blocked(network, 'in', { own: serviceGroups, peers: balancerGroups, port }, 'the load balancer'),
    ...blocked(network, 'out', { own: balancerGroups, peers: serviceGroups, port }, 'the service', true),
  ]);
}

function toDatabase({ database }: DiagnosisFacts, network: NetworkFacts): string[] {
  if (database === undefined || 'unchecked' in database || database.value.instance === undefined) return [];
  const { VpcSecurityGroups = [], Endpoint } = database.value.instance;
  const groups = VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
  if (groups.length === 0) return [];
  const port = Endpoint?.Port ?? DATABASE_PORT;
  return [
    ...blocked(network, 'out', { own: network.serviceGroups, peers: groups, port }, 'the database'),
    ...blocked(network, 'in', { own: groups, peers: network.serviceGroups, port }, 'the service'),
  ];
}

function toAws(network: NetworkFacts): string[] {
  const { rules, serviceGroups, subnets, routeTables, endpoints } = network;
  const isAllowed = rules.some(
    (rule) =>
      rule.IsEgress === true && serviceGroups.includes(rule.GroupId ?? '') && coversPort(rule, HTTPS_PORT),
  );
  const hasEndpoints = ENDPOINTS_TO_START.every((name) =>
    endpoints.some((endpoint) => endpoint.endsWith(`.${name}`)),
  );
  return [
    ...(isAllowed ? [] : [`security group ${serviceGroups.join(', ')} lets nothing out to port 443`]),
    ...(hasEndpoints ? [] : subnets.flatMap((subnet) => withoutWayOut(subnet, routeTables))),
  ];
}

function withoutWayOut(subnet: string, tables: readonly RouteTable[]): string[] {
  const isOf = ({ Associations = [] }: RouteTable): boolean =>
    Associations.some(({ SubnetId }) => SubnetId === subnet);
  const isMain = ({ Associations = [] }: RouteTable): boolean =>
    Associations.some(({ Main }) => Main === true);
  const table = tables.find(isOf) ?? tables.find(isMain);
  if (table === undefined) return [];
  const route = table.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0');
  if (route === undefined) return [`subnet ${subnet} has no route to the internet (${table.RouteTableId})`];
  if (route.State !== 'blackhole') return [];
  const by =
    route.NatGatewayId ?? route.NetworkInterfaceId ?? route.InstanceId ?? route.GatewayId ?? 'nothing';
  return [
    `subnet ${subnet} has a route to the internet by ${by}, which is gone (blackhole, ${table.RouteTableId})`,
  ];
}

interface Connection {
  readonly own: readonly string[];
  readonly peers: readonly string[];
  readonly port: number;
}

/** `isOfPeer`: the group is not the service's own, but of what it is connected with. */
function blocked(
  { rules }: NetworkFacts,
  direction: 'in' | 'out',
  { own, peers, port }: Connection,
  peerName: string,
  isOfPeer = false,
): string[] {
  const isOpen = rules.some(
    (rule) =>
      (rule.IsEgress === true) === (direction === 'out') &&
      own.includes(rule.GroupId ?? '') &&
      coversPort(rule, port) &&
      coversPeer(rule, peers),
  );
  if (isOpen) return [];
  const whose = isOfPeer ? 'of the load balancer ' : '';
  return direction === 'in'
    ? [
        `security group ${own.join(', ')} ${whose}does not admit ${peerName} (${peers.join(', ')}) to port ${port}`,
      ]
    : [
        `security group ${own.join(', ')} ${whose}does not let out to ${peerName} (${peers.join(', ')}), port ${port}`,
      ];
}

function coversPort({ IpProtocol, FromPort = -1, ToPort = -1 }: SecurityGroupRule, port: number): boolean {
  return IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort);
}

/** Address ranges are taken as covering it: whether an address is inside is seen by what happens. */
function coversPeer(rule: SecurityGroupRule, peers: readonly string[]): boolean {
  const { ReferencedGroupInfo, CidrIpv4, CidrIpv6, PrefixListId } = rule;
  if (ReferencedGroupInfo?.GroupId !== undefined) return peers.includes(ReferencedGroupInfo.GroupId);
  return CidrIpv4 !== undefined || CidrIpv6 !== undefined || PrefixListId !== undefined;
}
