import { S3BucketLoggingA as S3BucketLogging } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { Construct } from 'constructs';
import { EncryptionKey } from './encryption-key';
import { LogBucket } from './log-bucket';
import { PrivateBucket } from './private-bucket';

export interface ArtifactBucketProps {
  /** `tidegate-dev` */
  readonly prefix: string;
  readonly accountId: string;
  readonly noncurrentVersionDays: number;
  /** Days of the log of who read and wrote objects. */
  readonly logRetentionDays: number;
  /** Whether Terraform may destroy it, and then only when it is empty. */
  readonly isDisposable: boolean;
}

/** The models and artifacts of an environment: what cannot be made again. */
export class ArtifactBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    const { prefix, accountId, isDisposable } = props;
    const key = new EncryptionKey(this, 'key', {
      alias: `${prefix}-artifacts`,
      description: `Artifacts of ${prefix}`,
      accountId,
      deletionWindowDays: 30,
      isKept: !isDisposable,
    });
    const bucket = new PrivateBucket(this, 'artifacts', {
      name: `${prefix}-artifacts-${accountId}`,
      keyArn: key.arn,
      noncurrentVersionDays: props.noncurrentVersionDays,
      isKept: !isDisposable,
      dependsOn: [key.key],
    });
    const keyPrefix = 'artifacts/';
    const log = new LogBucket(this, 'access-log', {
      name: `${prefix}-artifacts-log-${accountId}`,
      writer: 'logging.s3.amazonaws.com',
      keyPrefix,
      sourceArn: bucket.arn,
      retentionDays: props.logRetentionDays,
      isEmptiedOnDestroy: isDisposable,
    });
    new S3BucketLogging(this, 'logging', {
      bucket: bucket.bucketName,
      targetBucket: log.name,
      targetPrefix: keyPrefix,
      dependsOn: [log.policy],
    });
    this.bucketName = bucket.bucketName;
    this.arn = bucket.arn;
    this.keyArn = key.arn;
  }
}
