import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { trustOf } from './policy-document';

export interface DatabaseMonitoringProps {
  readonly prefix: string;
  readonly accountId: string;
}

/** Enhanced Monitoring: what the operating system under the database does. */
export class DatabaseMonitoring extends Construct {
  readonly roleArn: string;
  /** RDS refuses a role that may not write yet. */
  readonly permission: IamRolePolicyAttachment;

  constructor(scope: Construct, id: string, { prefix, accountId }: DatabaseMonitoringProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: `${prefix}-database-monitoring`,
      assumeRolePolicy: trustOf('monitoring.rds.amazonaws.com', accountId),
    });
    this.permission = new IamRolePolicyAttachment(this, 'writes', {
      role: role.name,
      policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    });
    this.roleArn = role.arn;
  }
}
