import { BackupPlan } from '@cdktf/provider-aws/lib/backup-plan';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection';
import { BackupVault } from '@cdktf/provider-aws/lib/backup-vault';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { trustOf } from './policy-document';

export interface BackupProps {
  readonly prefix: string;
  readonly keyArn: string;
  /** What is backed up: a database, a bucket. */
  readonly resourceArns: string[];
  readonly retentionDays: number;
}

/** AWS's own policies for the service: they follow what it needs. */
const POLICIES = {
  databases: 'service-role/AWSBackupServiceRolePolicyForBackup',
  buckets: 'AWSBackupServiceRolePolicyForS3Backup',
};

/** A copy a day in a vault of its own, out of reach of whoever can delete the database or the bucket. */
export class Backup extends Construct {
  constructor(scope: Construct, id: string, props: BackupProps) {
    super(scope, id);
    const vault = new BackupVault(this, 'vault', { name: props.prefix, kmsKeyArn: props.keyArn });
    const plan = new BackupPlan(this, 'plan', {
      name: props.prefix,
      rule: [
        {
          ruleName: 'daily',
          targetVaultName: vault.name,
          // UTC, after the backup window of the database.
          schedule: 'cron(0 4 * * ? *)',
          lifecycle: { deleteAfter: props.retentionDays },
        },
      ],
    });
    new BackupSelection(this, 'selection', {
      name: props.prefix,
      planId: plan.id,
      iamRoleArn: this.role(props.prefix),
      resources: props.resourceArns,
    });
  }

  private role(prefix: string): string {
    const role = new IamRole(this, 'role', {
      name: `${prefix}-backup`,
      assumeRolePolicy: trustOf('backup.amazonaws.com', undefined),
    });
    for (const [name, policy] of Object.entries(POLICIES)) {
      new IamRolePolicyAttachment(this, name, {
        role: role.name,
        policyArn: `arn:aws:iam::aws:policy/${policy}`,
      });
    }
    return role.arn;
  }
}
