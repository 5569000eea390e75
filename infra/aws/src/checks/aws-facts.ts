import { paginateDescribeDBEngineVersions, type RDSClient } from '@aws-sdk/client-rds';
import { GetBucketLocationCommand, GetBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BucketFacts } from './storage.check';

/** The versions of PostgreSQL that RDS offers in the client's region, such as `15.12`. */
export async function offeredPostgresVersions(rds: RDSClient): Promise<string[]> {
  const versions: string[] = [];
  for await (const page of paginateDescribeDBEngineVersions({ client: rds }, { Engine: 'postgres' }))
    versions.push(...(page.DBEngineVersions ?? []).map(({ EngineVersion }) => EngineVersion ?? ''));
  return versions;
}

/** Undefined when there is no such bucket. */
export async function bucketFacts(s3: S3Client, bucket: string): Promise<BucketFacts | undefined> {
  try {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return { region: regionOf(LocationConstraint), isVersioned: Status === 'Enabled' };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return undefined;
    throw error;
  }
}

/** S3 names its first two regions in a way of its own. */
function regionOf(location: string | undefined): string {
  if (location === undefined || location === '') return 'us-east-1';
  return location === 'EU' ? 'eu-west-1' : location;
}
