import { Eip } from '@cdktf/provider-aws/lib/eip';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { WAYS_OUT } from '../environments/network-settings.schema';
import { NatInstance } from './nat-instance';

export interface NatProps {
  readonly prefix: string;
  readonly kind: keyof typeof WAYS_OUT;
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  /** One for each zone, in the order of the public subnets. */
  readonly privateRouteTableIds: readonly string[];
  /** The public subnets' own way out: what is made before it has none. */
  readonly publicRoute: ITerraformDependable;
}

type WayOut = { readonly natGatewayId: string } | { readonly networkInterfaceId: string };

/** How private subnets reach AWS and the internet; nothing can come in this way. */
export class Nat extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NatProps,
  ) {
    super(scope, id);
    const { kind, publicSubnetIds, privateRouteTableIds } = props;
    const waysOut = publicSubnetIds
      .slice(0, WAYS_OUT[kind])
      .map((subnetId, index) =>
        kind === 'instance' ? this.instance(subnetId) : this.gateway(subnetId, index + 1),
      );
    if (waysOut.length === 0) return;
    privateRouteTableIds.forEach((routeTableId, index) => {
      new Route(this, `out-${index + 1}`, {
        routeTableId,
        destinationCidrBlock: '0.0.0.0/0',
        ...waysOut[index % waysOut.length],
      });
    });
  }

  private gateway(subnetId: string, number: number): WayOut {
    const name = `${this.props.prefix}-nat-${number}`;
    const address = new Eip(this, `address-${number}`, { domain: 'vpc', tags: { Name: name } });
    const gateway = new NatGateway(this, `gateway-${number}`, {
      subnetId,
      allocationId: address.id,
      tags: { Name: name },
      dependsOn: [this.props.publicRoute],
    });
    return { natGatewayId: gateway.id };
  }

  private instance(subnetId: string): WayOut {
    const { prefix, vpcId, cidr, publicRoute } = this.props;
    const instance = new NatInstance(this, 'instance', { prefix, vpcId, cidr, subnetId, publicRoute });
    return { networkInterfaceId: instance.networkInterfaceId };
  }
}
