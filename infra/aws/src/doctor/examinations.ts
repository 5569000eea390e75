import { ECRClient } from '@aws-sdk/client-ecr';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { bucketProblems, engineVersionProblems, environmentProblems, readAppFacts } from '../checks';
import { bucketFacts, offeredPostgresVersions } from '../checks/aws-facts';
import type { Environment } from '../environments';
import { SERVICES } from '../services';
import type { Examination } from './examination';
import { accountProblems, clockProblems } from './examine-account';
import { releaseProblems } from './examine-images';
import { zoneProblems } from './examine-zone';

export interface DoctorFacts {
  /** The variable `images` of the services stack; undefined: there is no file. */
  readonly images: Readonly<Record<string, string>> | undefined;
  readonly nowMs: () => number;
  /** What the server at the other end says the time is, in Unix milliseconds. */
  readonly awsNowMs: () => Promise<number>;
}

/** Everything that goes wrong late when nobody looks at it before a deployment. */
export function examinationsOf(environment: Environment, facts: DoctorFacts): readonly Examination[] {
  const { region, storage, stateBucket, database } = environment;
  const s3 = new S3Client({ region });
  const bucket = (field: string, name: string): Examination => ({
    subject: `the bucket ${name} (${field}) is there, in ${region}, with versions`,
    look: async () => bucketProblems(field, name, await bucketFacts(s3, name), region),
  });
  return [
    {
      subject: 'the environment contradicts neither itself nor the apps',
      look: () => Promise.resolve(environmentProblems(environment, SERVICES, readAppFacts())),
    },
    {
      subject: 'the credentials are valid, and of the right account',
      look: () => accountProblems(new STSClient({ region }), environment),
    },
    {
      subject: 'the clock of this machine is right',
      look: async () => clockProblems(facts.nowMs(), await facts.awsNowMs()),
    },
    {
      subject: `RDS offers PostgreSQL ${database.engineVersion} in ${region}`,
      look: async () =>
        engineVersionProblems(environment, await offeredPostgresVersions(new RDSClient({ region }))),
    },
    ...(stateBucket === undefined ? [] : [bucket('stateBucket', stateBucket)]),
    ...(storage.existingBucket === undefined
      ? []
      : [bucket('storage.existingBucket', storage.existingBucket.name)]),
    {
      subject: 'the public name is real, and its zone is there',
      look: () => zoneProblems(new Route53Client({ region }), environment),
    },
    {
      subject: 'every image is in ECR, by digest',
      look: () =>
        releaseProblems(
          new ECRClient({ region }),
          facts.images,
          SERVICES.map(({ name }) => name),
          environment,
        ),
    },
  ];
}
