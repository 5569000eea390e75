import type { Environment } from '../environments';
import type { Problem } from './problem';

/** An existing artifact bucket, as the data describes it. */
export function storageProblems({ region, storage: { existingBucket } }: Environment): Problem[] {
  if (existingBucket === undefined || existingBucket.region === region) return [];
  return [otherRegion('storage.existingBucket', existingBucket.name, existingBucket.region, region)];
}

/** What AWS says about a bucket. */
export interface BucketFacts {
  readonly region: string;
  readonly isVersioned: boolean;
}

/**
 * A bucket that has to be there before the deployment, as AWS knows it.
 *
 * @param field where the environment names it, such as `stateBucket`
 * @param facts undefined when there is no such bucket
 */
export function bucketProblems(
  field: string,
  bucket: string,
  facts: BucketFacts | undefined,
  region: string,
): Problem[] {
  if (facts === undefined)
    return [
      {
        what: `${field} names the bucket ${bucket}, which does not exist.`,
        expected: `a bucket in ${region}.`,
        remedy: 'Create it, or correct the name.',
      },
    ];
  const problems: Problem[] = [];
  if (facts.region !== region) problems.push(otherRegion(field, bucket, facts.region, region));
  if (!facts.isVersioned)
    problems.push({
      what: `The bucket ${bucket} of ${field} has no versions: what is overwritten is gone.`,
      expected: 'versioning.',
      remedy: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
    });
  return problems;
}

function otherRegion(field: string, bucket: string, actual: string, expected: string): Problem {
  return {
    what: `The bucket ${bucket} of ${field} is in ${actual}: requests would be redirected and refused, and traffic billed.`,
    expected: `a bucket in ${expected}, the region of everything else.`,
    remedy: `Set region to ${actual}, or copy the content to a bucket in ${expected}.`,
  };
}
