import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct } from 'constructs';
import { policyDocument } from './policy-document';

export interface S3EndpointProps {
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly routeTableIds: string[];
  /** May be the bucket of another account. */
  readonly artifactBucketArn: string;
}

/**
 * The way to S3 for artifacts and image layers: it passes no NAT and costs nothing. Buckets of strangers cannot be
 * reached through it, so nothing is carried out that way.
 */
export class S3Endpoint extends Construct {
  constructor(scope: Construct, id: string, props: S3EndpointProps) {
    super(scope, id);
    new VpcEndpoint(this, 'endpoint', {
      vpcId: props.vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${props.region}.s3`,
      routeTableIds: props.routeTableIds,
      policy: ownBuckets(props),
      tags: { Name: `${props.prefix}-s3` },
    });
  }
}

/** What programs do with objects; the settings of a bucket are none of their business. */
const OBJECT_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListMultipartUploadParts',
  's3:PutObject',
];

function ownBuckets({ region, accountId, artifactBucketArn }: S3EndpointProps): string {
  return policyDocument(
    {
      sid: 'BucketsOfTheAccount',
      principal: '*',
      actions: OBJECT_ACTIONS,
      resources: ['*'],
      conditions: { StringEquals: { 'aws:ResourceAccount': accountId } },
    },
    {
      sid: 'Artifacts',
      principal: '*',
      actions: OBJECT_ACTIONS,
      resources: [artifactBucketArn, `${artifactBucketArn}/*`],
    },
    {
      sid: 'ImageLayersAndPackagesOfAmazonLinux',
      principal: '*',
      actions: ['s3:GetObject'],
      resources: [
        `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`,
        `arn:aws:s3:::al2023-repos-${region}-*/*`,
      ],
    },
  );
}
