import {
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type RouteTable,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Account } from '../deployment/account';
import type { Installation } from '../deployment/use-installation';
import { readServices } from '../reading/running-services';
import { readConnections } from '../reading/security-group-rules';

export interface ExpectedNetwork {
  readonly natGateways: number;
  readonly interfaceEndpoints: readonly string[];
  /** Every rule that lets somebody in: `from -> to :port`. */
  readonly admitted: readonly string[];
}

/** The VPC, who reaches the internet how, and who may open connections to whom. */
export function expectNetwork(installed: Installation, expected: ExpectedNetwork): void {
  it('A1: is 10.0.0.0/16 with two public and two private subnets in two zones', async () => {
    expect((await readVpcs(installed)).map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.0.0/16']);
    expect((await readSubnets(installed)).map(({ kind, zone }) => `${kind} ${zone}`)).toEqual([
      'private eu-west-2a',
      'private eu-west-2b',
      'public eu-west-2a',
      'public eu-west-2b',
    ]);
  });

  it('reaches the internet from private subnets by NAT only', async () => {
    const { NatGateways = [] } = await installed.account.ec2.send(new DescribeNatGatewaysCommand({}));
    expect(NatGateways).toHaveLength(expected.natGateways);
    const subnets = await readSubnets(installed);
    const publicSubnets = subnets.filter(({ kind }) => kind === 'public').map(({ id }) => id);
    for (const { SubnetId } of NatGateways) expect(publicSubnets).toContain(SubnetId);
  });

  it('A1: runs every task in private subnets, without a public address', async () => {
    const subnets = await readSubnets(installed);
    const privateSubnets = subnets.filter(({ kind }) => kind === 'private').map(({ id }) => id);
    for (const { service } of await readServices(installed.account)) {
      const network = service.networkConfiguration?.awsvpcConfiguration;
      expect(network?.subnets?.toSorted()).toEqual(privateSubnets.toSorted());
      expect(network?.assignPublicIp).toBe('DISABLED');
      expect(network?.securityGroups).toHaveLength(1);
    }
  });

  it('A2: admits along the chain load balancer, services, database and nowhere else', async () => {
    const rules = await readConnections(installed.account, installed.prefix, 'ingress');
    expect(rules).toEqual(expected.admitted.toSorted());
  });

  it('lets nothing out to everywhere but HTTPS', async () => {
    const rules = await readConnections(installed.account, installed.prefix, 'egress');
    const toEverywhere = rules.filter((rule) => rule.includes('0.0.0.0/0') || rule.endsWith(' any'));
    expect(toEverywhere.filter((rule) => !rule.endsWith(':443'))).toEqual([]);
    // What may be entered from somewhere may be left to there too, or the pair is dead.
    const inner = expected.admitted.filter((rule) => !/^[\d.]+\//.test(rule));
    for (const rule of inner) expect(rules).toContain(rule);
  });

  it('cuts off what forgets to name its own security group', async () => {
    const [vpcId] = (await readVpcs(installed)).map(({ VpcId }) => VpcId ?? '');
    const Filters = [
      { Name: 'vpc-id', Values: [vpcId ?? ''] },
      { Name: 'group-name', Values: ['default'] },
    ];
    const { SecurityGroups = [] } = await installed.account.ec2.send(
      new DescribeSecurityGroupsCommand({ Filters }),
    );
    expect(SecurityGroups).toMatchObject([{ IpPermissions: [], IpPermissionsEgress: [] }]);
  });

  it('keeps S3 traffic off the NAT, and the rest of AWS where the environment asks for it', async () => {
    const { VpcEndpoints = [] } = await installed.account.ec2.send(new DescribeVpcEndpointsCommand({}));
    const names = (type: string): (string | undefined)[] =>
      VpcEndpoints.filter(({ VpcEndpointType }) => VpcEndpointType === type)
        .map(({ ServiceName }) => ServiceName?.replace('com.amazonaws.eu-west-2.', ''))
        .sort();
    expect(names('Gateway')).toEqual(['s3']);
    expect(names('Interface')).toEqual(expected.interfaceEndpoints);
  });

  it('logs what it refuses', async () => {
    const { FlowLogs = [] } = await installed.account.ec2.send(new DescribeFlowLogsCommand({}));
    expect(FlowLogs.map(({ TrafficType }) => TrafficType)).toEqual(['REJECT']);
  });
}

interface ReadSubnet {
  readonly id: string;
  readonly zone: string;
  readonly kind: 'public' | 'private';
}

async function readVpcs({ account, prefix }: Pick<Installation, 'account' | 'prefix'>): Promise<Vpc[]> {
  const Filters = [{ Name: 'tag:Name', Values: [prefix] }];
  return (await account.ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs ?? [];
}

async function readSubnets({
  account,
  prefix,
}: Pick<Installation, 'account' | 'prefix'>): Promise<ReadSubnet[]> {
  const { ec2 } = account;
  const own = [{ Name: 'tag:Name', Values: [`${prefix}*`] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: own }));
  const tables = await readRouteTables(account);
  const subnets = Subnets.map(({ SubnetId = '', AvailabilityZone = '' }): ReadSubnet => {
    const table = tables.find(({ Associations = [] }) => Associations.some((it) => it.SubnetId === SubnetId));
    const isPublic = table?.Routes?.some(({ GatewayId }) => GatewayId?.startsWith('igw-')) ?? false;
    return { id: SubnetId, zone: AvailabilityZone, kind: isPublic ? 'public' : 'private' };
  });
  return subnets.sort((one, other) => `${one.kind}${one.zone}`.localeCompare(`${other.kind}${other.zone}`));
}

async function readRouteTables({ ec2 }: Account): Promise<RouteTable[]> {
  return (await ec2.send(new DescribeRouteTablesCommand({}))).RouteTables ?? [];
}
