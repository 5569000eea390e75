import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { policyDocument } from './policy-document';

export interface InterfaceEndpointsProps {
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly subnetIds: string[];
}

const PULL = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  'ecr:GetDownloadUrlForLayer',
];

/** What a starting and running task talks to, and what it does there. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  'ecr.api': PULL,
  'ecr.dkr': PULL,
  logs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  secretsmanager: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
  ],
};

/** Addresses inside the VPC for services of AWS: their traffic passes no NAT and never leaves AWS. */
export class InterfaceEndpoints extends Construct {
  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const securityGroupIds = [this.httpsFromVpc(props)];
    for (const [service, actions] of Object.entries(SERVICES)) {
      new VpcEndpoint(this, service.replace('.', '-'), {
        vpcId: props.vpcId,
        vpcEndpointType: 'Interface',
        serviceName: `com.amazonaws.${props.region}.${service}`,
        subnetIds: props.subnetIds,
        securityGroupIds,
        privateDnsEnabled: true,
        policy: forOwnAccount(actions, props.accountId),
        tags: { Name: `${props.prefix}-${service}` },
      });
    }
  }

  private httpsFromVpc({ prefix, vpcId, cidr }: InterfaceEndpointsProps): string {
    const group = new SecurityGroup(this, 'group', {
      name: `${prefix}-endpoints`,
      description: 'Interface endpoints',
      vpcId,
      tags: { Name: `${prefix}-endpoints` },
    });
    new VpcSecurityGroupIngressRule(this, 'https', {
      securityGroupId: group.id,
      description: 'From the VPC',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: cidr,
    });
    return group.id;
  }
}

/** Credentials of another account cannot carry data out through this door. On what, the roles say. */
function forOwnAccount(actions: readonly string[], accountId: string): string {
  return policyDocument({
    sid: 'OwnAccount',
    principal: '*',
    actions,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': accountId } },
  });
}
