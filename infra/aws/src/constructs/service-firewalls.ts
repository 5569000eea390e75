import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';

/** Something a service can be connected with: its group, and its name in the descriptions of the rules. */
export interface Peer {
  readonly name: string;
  readonly securityGroupId: string;
}

export interface GuardedService {
  readonly name: string;
  readonly port: number;
  /** Names of the services that may call it. */
  readonly calledBy: readonly string[];
  /** Others it may call, such as the database. */
  readonly calls: readonly (Peer & { readonly port: number })[];
  /** Whether the load balancer may call it. */
  readonly isPublic: boolean;
}

export interface ServiceFirewallsProps {
  /** `tidegate-dev` */
  readonly prefix: string;
  readonly vpcId: string;
  readonly services: readonly GuardedService[];
  readonly loadBalancer: Peer;
}

/**
 * Who may talk to whom, and nobody else: a security group for each service, and both halves of a rule for each
 * connection, from the group of the caller to the group of the called.
 */
export class ServiceFirewalls extends Construct {
  private readonly groups: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: ServiceFirewallsProps) {
    super(scope, id);
    this.groups = Object.fromEntries(
      props.services.map(({ name }) => [name, this.group(name, `${props.prefix}-${name}`, props.vpcId)]),
    );
    for (const service of props.services) {
      const itself = this.peer(service.name);
      if (service.isPublic) this.connect(props.loadBalancer, itself, service.port);
      for (const caller of service.calledBy) this.connect(this.peer(caller), itself, service.port);
      for (const called of service.calls) this.connect(itself, called, called.port);
      this.allowAws(itself);
    }
  }

  /** The security group of a service. */
  idOf(serviceName: string): string {
    return this.peer(serviceName).securityGroupId;
  }

  private peer(name: string): Peer {
    return { name, securityGroupId: this.groups[name] as string };
  }

  private group(id: string, name: string, vpcId: string): string {
    return new SecurityGroup(this, id, { name, description: `Tasks of ${id}`, vpcId, tags: { Name: name } })
      .id;
  }

  private connect(caller: Peer, called: Peer, port: number): void {
    const id = `${caller.name}-to-${called.name}`;
    const rule = {
      description: `${caller.name} to ${called.name}`,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    };
    new VpcSecurityGroupEgressRule(this, `${id}-out`, {
      ...rule,
      securityGroupId: caller.securityGroupId,
      referencedSecurityGroupId: called.securityGroupId,
    });
    new VpcSecurityGroupIngressRule(this, `${id}-in`, {
      ...rule,
      securityGroupId: called.securityGroupId,
      referencedSecurityGroupId: caller.securityGroupId,
    });
  }

  /** Images, secrets, logs and artifacts come from the public addresses of AWS, which have no group to name. */
  private allowAws({ name, securityGroupId }: Peer): void {
    new VpcSecurityGroupEgressRule(this, `${name}-to-aws`, {
      securityGroupId,
      description: `${name} to AWS`,
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
    });
  }
}
