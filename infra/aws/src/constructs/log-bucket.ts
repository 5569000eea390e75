import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket';

export interface LogBucketProps {
  readonly name: string;
  /** The service of AWS that writes here, such as `logging.s3.amazonaws.com`. */
  readonly writer: string;
  /** Start of the names of the logs: `AWSLogs/<account>/` for load balancers, so that no other account writes here. */
  readonly keyPrefix: string;
  /** The only resource whose log it may write. @default any, as long as the names start right */
  readonly sourceArn?: string;
  /** Logs are deleted at this age. */
  readonly retentionDays: number;
  /** Terraform deletes the logs when it destroys the bucket. @default false */
  readonly isEmptiedOnDestroy?: boolean;
}

/** Where a service of AWS puts its access logs. SSE-S3, because log delivery does not write with a KMS key. */
export class LogBucket extends Construct {
  readonly name: string;
  /** The writer's permission: what turns its log on depends on it. */
  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: LogBucketProps) {
    super(scope, id);
    const bucket = new PrivateBucket(this, 'bucket', {
      name: props.name,
      expirationDays: props.retentionDays,
      noncurrentVersionDays: 1,
      isEmptiedOnDestroy: props.isEmptiedOnDestroy,
      grants: (bucketArn) => [
        {
          sid: 'LogDelivery',
          principal: { Service: props.writer },
          actions: ['s3:PutObject'],
          resources: [`${bucketArn}/${props.keyPrefix}*`],
          ...(props.sourceArn === undefined
            ? {}
            : { conditions: { ArnLike: { 'aws:SourceArn': props.sourceArn } } }),
        },
      ],
    });
    this.name = bucket.bucketName;
    this.policy = bucket.policy;
  }
}
