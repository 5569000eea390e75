import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { Nat, type NatProps } from './nat';

export interface NetworkProps {
  /** `tidegate-dev` */
  readonly prefix: string;
  readonly cidr: string;
  /** Full names, such as `eu-west-2a`: spares the plan a look-up. */
  readonly zones: readonly [string, string];
  readonly nat: NatProps['kind'];
}

/** A VPC with a public and a private subnet in each of two zones, and a way out of the private ones. */
export class Network extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: string[];
  /** Of the public subnets, in CIDR form. */
  readonly publicNetworks: string[];
  readonly privateSubnetIds: string[];
  /** Where tasks run: private, unless there is no NAT. */
  readonly taskSubnetIds: string[];
  /** Without NAT a task needs a public address of its own to reach AWS. */
  readonly assignsPublicIp: boolean;
  readonly routeTableIds: string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkProps,
  ) {
    super(scope, id);
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: props.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: props.prefix },
    });
    this.vpcId = vpc.id;
    this.cidr = props.cidr;
    new DefaultSecurityGroup(this, 'default', {
      vpcId: vpc.id,
      // Without a rule it admits nothing: what forgets to name its own group is cut off, not open.
      ingress: [],
      egress: [],
      tags: { Name: `${props.prefix}-unused` },
    });

    const publicSubnets = this.subnets('public', 0);
    const privateSubnets = this.subnets('private', 8);
    const publicTable = this.publicRoutes(publicSubnets);
    const privateTables = this.privateRoutes(privateSubnets);
    new Nat(this, 'nat', {
      prefix: props.prefix,
      kind: props.nat,
      vpcId: vpc.id,
      cidr: props.cidr,
      publicSubnetIds: publicSubnets.map((subnet) => subnet.id),
      privateRouteTableIds: privateTables.map((table) => table.id),
      publicRoute: publicTable.defaultRoute,
    });

    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.publicNetworks = publicSubnets.map((subnet) => subnet.cidrBlock);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);
    this.assignsPublicIp = props.nat === 'none';
    this.taskSubnetIds = this.assignsPublicIp ? this.publicSubnetIds : this.privateSubnetIds;
    this.routeTableIds = [publicTable.id, ...privateTables.map((table) => table.id)];
  }

  /** @param first number of the first sixteenth of the network that is used */
  private subnets(kind: 'public' | 'private', first: number): Subnet[] {
    return this.props.zones.map(
      (zone, index) =>
        new Subnet(this, `${kind}-${index + 1}`, {
          vpcId: this.vpcId,
          cidrBlock: Fn.cidrsubnet(this.props.cidr, 4, first + index),
          availabilityZone: zone,
          mapPublicIpOnLaunch: false,
          tags: { Name: `${this.props.prefix}-${kind}-${zone}` },
        }),
    );
  }

  private publicRoutes(subnets: Subnet[]): { id: string; defaultRoute: Route } {
    const gateway = new InternetGateway(this, 'internet', {
      vpcId: this.vpcId,
      tags: { Name: this.props.prefix },
    });
    const table = this.routeTable('public', subnets);
    const defaultRoute = new Route(this, 'public-out', {
      routeTableId: table.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.id,
    });
    return { id: table.id, defaultRoute };
  }

  /** One table for each zone, so that a zone can have a gateway of its own. */
  private privateRoutes(subnets: Subnet[]): RouteTable[] {
    return subnets.map((subnet, index) => this.routeTable(`private-${index + 1}`, [subnet]));
  }

  private routeTable(id: string, subnets: Subnet[]): RouteTable {
    const table = new RouteTable(this, `${id}-routes`, {
      vpcId: this.vpcId,
      tags: { Name: `${this.props.prefix}-${id}` },
    });
    subnets.forEach((subnet, index) => {
      new RouteTableAssociation(this, `${id}-routes-${index + 1}`, {
        routeTableId: table.id,
        subnetId: subnet.id,
      });
    });
    return table;
  }
}
