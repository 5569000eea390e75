import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceObservation } from '../services/service-observation';
import type { NetworkFacts } from './diagnosis-facts';

interface NetworkClients {
  readonly ec2: EC2Client;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

/** Security groups around a service, and the ways out of its subnets. */
export async function readNetwork(
  { ec2, loadBalancing }: NetworkClients,
  { service, targets }: ServiceObservation,
  databaseGroups: readonly string[],
): Promise<NetworkFacts> {
  const { securityGroups = [], subnets = [] } = service.networkConfiguration?.awsvpcConfiguration ?? {};
  const arns = targets.flatMap(({ group }) => group.LoadBalancerArns ?? []);
  const loadBalancers = await readLoadBalancers(loadBalancing, arns);
  const balancerGroups = loadBalancers.flatMap(({ SecurityGroups = [] }) => SecurityGroups);
  const groups = [...new Set([...securityGroups, ...balancerGroups, ...databaseGroups])];
  const vpc = await vpcOf(ec2, subnets);
  const [{ SecurityGroupRules = [] }, { RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
    ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: groups }] })),
    ec2.send(new DescribeRouteTablesCommand({ Filters: vpc })),
    ec2.send(new DescribeVpcEndpointsCommand({ Filters: vpc })),
  ]);
  return {
    rules: SecurityGroupRules,
    serviceGroups: securityGroups,
    subnets,
    loadBalancers,
    routeTables: RouteTables,
    endpoints: VpcEndpoints.flatMap(({ ServiceName }) => ServiceName ?? []),
  };
}

async function vpcOf(ec2: EC2Client, SubnetIds: string[]) {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds }));
  return [{ Name: 'vpc-id', Values: [...new Set(Subnets.flatMap(({ VpcId }) => VpcId ?? []))] }];
}

async function readLoadBalancers(
  loadBalancing: ElasticLoadBalancingV2Client,
  LoadBalancerArns: string[],
): Promise<readonly LoadBalancer[]> {
  // Without names it would describe all there are.
  if (LoadBalancerArns.length === 0) return [];
  const { LoadBalancers = [] } = await loadBalancing.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns }),
  );
  return LoadBalancers;
}
