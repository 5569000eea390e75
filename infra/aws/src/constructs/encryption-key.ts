import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './policy-document';

export interface EncryptionKeyProps {
  /** Name of its alias, without `alias/`. */
  readonly alias: string;
  readonly description: string;
  readonly accountId: string;
  /** What services of AWS may do with it by themselves. @default nothing: only roles of this account use it */
  readonly grants?: readonly PolicyStatement[];
  /** Days in which a deletion can be taken back. */
  readonly deletionWindowDays: number;
  /** Terraform refuses to destroy it. @default false */
  readonly isKept?: boolean;
}

/** A customer-managed KMS key that changes its material every year. */
export class EncryptionKey extends Construct {
  readonly arn: string;
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.key = new KmsKey(this, 'key', {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionWindowDays,
      policy: policyDocument(accountDecides(props.accountId), ...(props.grants ?? [])),
      lifecycle: { preventDestroy: props.isKept ?? false },
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.alias}`, targetKeyId: this.key.keyId });
    this.arn = this.key.arn;
  }
}

/** AWS's own default: within the account IAM decides. With less, a key can become one that nobody may manage. */
function accountDecides(accountId: string): PolicyStatement {
  return {
    sid: 'AccountDecides',
    principal: { AWS: `arn:aws:iam::${accountId}:root` },
    actions: ['kms:*'],
    resources: ['*'], // in a key's policy: this key
  };
}
