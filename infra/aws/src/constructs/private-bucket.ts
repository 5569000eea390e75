import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA as S3BucketEncryption } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA as S3BucketVersioning } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './policy-document';

export interface PrivateBucketProps {
  readonly name: string;
  /** KMS key of its objects. @default a key of S3 (SSE-S3) */
  readonly keyArn?: string;
  /** How long overwritten and deleted objects can be had back. */
  readonly noncurrentVersionDays: number;
  /** Objects are deleted at this age. @default kept */
  readonly expirationDays?: number;
  /** Who may do what beside the roles of this account. @default nobody */
  readonly grants?: (bucketArn: string) => readonly PolicyStatement[];
  /** Terraform refuses to destroy it. @default false */
  readonly isKept?: boolean;
  /** Terraform deletes what is in it when it is destroyed. @default false */
  readonly isEmptiedOnDestroy?: boolean;
  /** Destroyed after the bucket, that is: only when it was empty. @default nothing */
  readonly dependsOn?: ITerraformDependable[];
}

/** A bucket that nobody outside the account reaches: versioned, encrypted, TLS only, no public access. */
export class PrivateBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;
  /** Until it is in force, no service of AWS may write here. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: props.isEmptiedOnDestroy ?? false,
      lifecycle: { preventDestroy: props.isKept ?? false },
      dependsOn: props.dependsOn,
    });
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;
    this.policy = this.close(bucket, props);
    this.keepVersions(bucket, props);
    this.encrypt(bucket, props.keyArn);
  }

  private close(bucket: S3Bucket, props: PrivateBucketProps): S3BucketPolicy {
    const closed = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: bucket.bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    return new S3BucketPolicy(this, 'policy', {
      bucket: bucket.bucket,
      policy: policyDocument(...(props.grants?.(bucket.arn) ?? []), tlsOnly(bucket.arn)),
      // S3 refuses two changes of the same bucket's access at once.
      dependsOn: [closed],
    });
  }

  private keepVersions(bucket: S3Bucket, props: PrivateBucketProps): void {
    const versioning = new S3BucketVersioning(this, 'versioning', {
      bucket: bucket.bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.bucket,
      rule: [
        {
          id: 'tidy',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          noncurrentVersionExpiration: [{ noncurrentDays: props.noncurrentVersionDays }],
          expiration: [
            props.expirationDays === undefined
              ? // What is left of an object when its versions are gone.
                { expiredObjectDeleteMarker: true }
              : { days: props.expirationDays },
          ],
        },
      ],
      dependsOn: [versioning],
    });
  }

  private encrypt(bucket: S3Bucket, keyArn: string | undefined): void {
    new S3BucketEncryption(this, 'encryption', {
      bucket: bucket.bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            keyArn === undefined
              ? { sseAlgorithm: 'AES256' }
              : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
          // One data key for many objects: a fraction of the requests to KMS.
          bucketKeyEnabled: keyArn !== undefined,
        },
      ],
    });
  }
}

function tlsOnly(bucketArn: string): PolicyStatement {
  return {
    sid: 'TlsOnly',
    effect: 'Deny',
    principal: '*',
    actions: ['s3:*'],
    resources: [bucketArn, `${bucketArn}/*`],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
