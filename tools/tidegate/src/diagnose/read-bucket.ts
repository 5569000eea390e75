import { GetBucketLocationCommand, type S3Client } from '@aws-sdk/client-s3';
import { settingsOf, type BucketFacts } from './diagnosis-facts';
import type { ServiceObservation } from '../services/service-observation';

/** Where the artifact bucket of the service is; undefined for a service without one. */
export function artifactBucketOf(observation: ServiceObservation): string | undefined {
  return /^s3:\/\/([^/]+)/.exec(settingsOf(observation)['MLFLOW_ARTIFACTS_DESTINATION'] ?? '')?.[1];
}

export async function readBucket(s3: S3Client, name: string): Promise<BucketFacts> {
  try {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: name }));
    // No constraint is the first region there was; EU an old name of the second.
    const region = LocationConstraint ?? '';
    return { name, region: region === '' ? 'us-east-1' : region === 'EU' ? 'eu-west-1' : region };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return { name };
    throw error;
  }
}
