import { DataAwsS3Bucket } from '@cdktf/provider-aws/lib/data-aws-s3-bucket';
import { Construct } from 'constructs';

export interface ExistingBucketProps {
  readonly name: string;
  /** Where everything else is. */
  readonly region: string;
}

/** A bucket that was there before: read, never changed. A plan fails when it is in another region. */
export class ExistingBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, region }: ExistingBucketProps) {
    super(scope, id);
    const bucket = new DataAwsS3Bucket(this, 'bucket', {
      bucket: name,
      // The environment's data says so too, but AWS knows.
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.region == "${region}"}`,
            errorMessage:
              `The artifact bucket ${name} is not in ${region}, where everything else is. ` +
              `Name a bucket in ${region}, or leave storage.existingBucket out: then one is made.`,
          },
        ],
      },
    });
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;
  }
}
