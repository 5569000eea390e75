import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';

export interface LoadBalancerProps {
  /** `tidegate-dev` */
  readonly name: string;
  readonly vpcId: string;
  readonly publicSubnetIds: string[];
  /** Networks that may call it. */
  readonly allowedCidrs: readonly string[];
  readonly idleTimeoutSeconds: number;
  /** AWS refuses to delete it. */
  readonly isProtected: boolean;
  /** Bucket of its access logs. */
  readonly logBucketName: string;
  /** Certificate of the public name. @default plain HTTP */
  readonly certificateArn?: string;
}

/** The only door from the internet. It answers 404 by itself; what it forwards is said by the rules of the services. */
export class LoadBalancer extends Construct {
  /** `app/…`, which the metrics use. */
  readonly arnSuffix: string;
  readonly arn: string;
  readonly dnsName: string;
  readonly zoneId: string;
  readonly securityGroupId: string;
  /** Listener that rules are added to: HTTPS where there is a certificate, HTTP elsewhere. */
  readonly listenerArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LoadBalancerProps,
  ) {
    super(scope, id);
    const ports = props.certificateArn === undefined ? [80] : [80, 443];
    this.securityGroupId = this.securityGroup(ports);
    const balancer = new Lb(this, 'balancer', {
      name: props.name,
      loadBalancerType: 'application',
      internal: false,
      subnets: props.publicSubnetIds,
      securityGroups: [this.securityGroupId],
      idleTimeout: props.idleTimeoutSeconds,
      dropInvalidHeaderFields: true,
      // The strictest mode would also refuse a GET with a body, which some clients of MLflow send.
      desyncMitigationMode: 'defensive',
      enableDeletionProtection: props.isProtected,
      // Refused before the services behind it are destroyed, not by AWS after them.
      lifecycle: { preventDestroy: props.isProtected },
      accessLogs: { bucket: props.logBucketName, enabled: true },
    });
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.listenerArn =
      props.certificateArn === undefined ? this.httpListener() : this.httpsListener(props.certificateArn);
  }

  private securityGroup(ports: readonly number[]): string {
    const group = new SecurityGroup(this, 'firewall', {
      name: `${this.props.name}-load-balancer`,
      description: 'Load balancer: from the internet to the services that are public',
      vpcId: this.props.vpcId,
      tags: { Name: `${this.props.name}-load-balancer` },
    });
    for (const port of ports) {
      for (const cidr of this.props.allowedCidrs) {
        new VpcSecurityGroupIngressRule(this, `from-${cidr}-${port}`, {
          securityGroupId: group.id,
          description: `Callers to port ${port}`,
          cidrIpv4: cidr,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
        });
      }
    }
    return group.id;
  }

  private httpListener(): string {
    return new LbListener(this, 'http', {
      loadBalancerArn: this.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [NOT_FOUND],
    }).arn;
  }

  private httpsListener(certificateArn: string): string {
    new LbListener(this, 'http', {
      loadBalancerArn: this.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [
        { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
      ],
    });
    return new LbListener(this, 'https', {
      loadBalancerArn: this.arn,
      port: 443,
      protocol: 'HTTPS',
      certificateArn,
      // TLS 1.2 and 1.3 with forward secrecy only.
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      defaultAction: [NOT_FOUND],
    }).arn;
  }
}

const NOT_FOUND = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: 'application/json',
    statusCode: '404',
    messageBody:
      '{"title":"Not Found","status":404,"detail":"The API is below /api, its health at /health."}',
  },
};
