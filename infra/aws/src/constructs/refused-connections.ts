import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { policyDocument, trustOf } from './policy-document';

export interface RefusedConnectionsProps {
  readonly prefix: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly keyArn: string;
  readonly logRetentionDays: number;
}

/** Flow log of refused connections: shows a wrong security group, and who knocks. */
export class RefusedConnections extends Construct {
  constructor(scope: Construct, id: string, props: RefusedConnectionsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, 'log', {
      name: `/vpc/${props.prefix}/refused`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const role = new IamRole(this, 'role', {
      name: `${props.prefix}-flow-log`,
      assumeRolePolicy: trustOf('vpc-flow-logs.amazonaws.com', props.accountId),
    });
    new IamRolePolicy(this, 'writes', {
      name: 'write',
      role: role.id,
      policy: policyDocument({
        sid: 'Write',
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [`${group.arn}:*`],
      }),
    });
    new FlowLog(this, 'flow-log', {
      vpcId: props.vpcId,
      trafficType: 'REJECT',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: `${props.prefix}-refused` },
    });
  }
}
