import { Construct } from 'constructs';
import { EncryptionKey } from './encryption-key';
import type { PolicyStatement } from './policy-document';

export interface EnvironmentKeyProps {
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
  readonly deletionWindowDays: number;
}

/** One key for what an environment stores: database, secrets, logs, images, topics. */
export class EnvironmentKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: EnvironmentKeyProps) {
    super(scope, id);
    const { prefix, accountId } = props;
    const key = new EncryptionKey(this, 'key', {
      alias: prefix,
      description: `Database, secrets, logs, images and topics of ${prefix}`,
      accountId,
      deletionWindowDays: props.deletionWindowDays,
      // The others (RDS, Secrets Manager, ECR, ElastiCache, Backup) act for a role of the account that may use the key.
      grants: [logGroups(props), alarms(accountId), EVENTS],
    });
    this.arn = key.arn;
  }
}

function logGroups({ region, accountId }: EnvironmentKeyProps): PolicyStatement {
  return {
    sid: 'LogGroups',
    principal: { Service: `logs.${region}.amazonaws.com` },
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'], // in a key's policy: this key
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${accountId}:log-group:*` },
    },
  };
}

const PUBLISH = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** Alarms reach people by an encrypted topic. */
function alarms(accountId: string): PolicyStatement {
  return {
    sid: 'Alarms',
    principal: { Service: 'cloudwatch.amazonaws.com' },
    actions: PUBLISH,
    resources: ['*'], // in a key's policy: this key
    conditions: { StringEquals: { 'aws:SourceAccount': accountId } },
  };
}

/** So do events; EventBridge says of no account that it acts for, so a condition would drop them silently. */
const EVENTS: PolicyStatement = {
  sid: 'Events',
  principal: { Service: 'events.amazonaws.com' },
  actions: PUBLISH,
  resources: ['*'], // in a key's policy: this key
};
