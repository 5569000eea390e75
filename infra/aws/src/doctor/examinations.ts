import { ACMClient } from '@aws-sdk/client-acm';
import { ECRClient } from '@aws-sdk/client-ecr';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { bucketProblems, engineVersionProblems, environmentProblems, readAppFacts } from '../checks';
import { bucketFacts, offeredPostgresVersions } from '../checks/aws-facts';
import type { Environment } from '../environments';
import { SERVICES } from '../services';
import { certificatesOf } from './certificate-facts';
import type { Examination } from './examination';
import { accountProblems, clockProblems } from './examine-account';
import { certificateProblems } from './examine-certificate';
import { releaseProblems } from './examine-images';
import { quotaExaminations } from './examine-quotas';
import { deletedSecretProblems, unfilledSecretProblems } from './examine-secrets';
import { terraformProblems } from './examine-terraform';
import { zoneProblems } from './examine-zone';
import type { TerraformFacts } from './terraform-facts';

export interface DoctorFacts {
  /** The variable `images` of the services stack; undefined: there is no file. */
  readonly images: Readonly<Record<string, string>> | undefined;
  readonly nowMs: () => number;
  /** What the server at the other end says the time is, in Unix milliseconds. */
  readonly awsNowMs: () => Promise<number>;
  readonly terraform: () => Promise<TerraformFacts>;
}

/** Everything that goes wrong late when nobody looks at it before a deployment. */
export function examinationsOf(environment: Environment, facts: DoctorFacts): readonly Examination[] {
  return [
    ...hereExaminations(environment, facts),
    ...accountExaminations(environment),
    ...quotaExaminations(environment),
    ...edgeExaminations(environment, facts),
    ...taskExaminations(environment, facts),
  ];
}

/** This machine, and whom AWS takes it for. */
function hereExaminations(environment: Environment, facts: DoctorFacts): readonly Examination[] {
  const { region } = environment;
  return [
    {
      subject: 'the environment contradicts neither itself nor the apps',
      look: () => Promise.resolve(environmentProblems(environment, SERVICES, readAppFacts())),
    },
    {
      subject: 'Terraform and its AWS provider have the right versions',
      look: async () => terraformProblems(await facts.terraform()),
    },
    {
      subject: 'the credentials are valid, and of the right account',
      look: () => accountProblems(new STSClient({ region }), environment),
    },
    {
      subject: 'the clock of this machine is right',
      look: async () => clockProblems(facts.nowMs(), await facts.awsNowMs()),
    },
  ];
}

/** What has to be there already. */
function accountExaminations(environment: Environment): readonly Examination[] {
  const { region, storage, stateBucket, database } = environment;
  const s3 = new S3Client({ region });
  const bucket = (field: string, name: string): Examination => ({
    subject: `the bucket ${name} (${field}) is there, in ${region}, with versions`,
    look: async () => bucketProblems(field, name, await bucketFacts(s3, name), region),
  });
  return [
    {
      subject: `RDS offers PostgreSQL ${database.engineVersion} in ${region}`,
      look: async () =>
        engineVersionProblems(environment, await offeredPostgresVersions(new RDSClient({ region }))),
    },
    ...(stateBucket === undefined ? [] : [bucket('stateBucket', stateBucket)]),
    ...(storage.existingBucket === undefined
      ? []
      : [bucket('storage.existingBucket', storage.existingBucket.name)]),
  ];
}

function edgeExaminations(environment: Environment, facts: DoctorFacts): readonly Examination[] {
  const { region, edge } = environment;
  const { domain } = edge;
  return [
    {
      subject: 'the public name is real, and its zone is there',
      look: () => zoneProblems(new Route53Client({ region }), environment),
    },
    ...(domain === undefined
      ? []
      : [
          {
            subject: `the certificate of ${domain.name} is valid, or not made yet`,
            look: async () =>
              certificateProblems(
                environment,
                await certificatesOf(new ACMClient({ region }), domain.name),
                facts.nowMs(),
              ),
          },
        ]),
  ];
}

/** What every task needs to start. */
function taskExaminations(environment: Environment, facts: DoctorFacts): readonly Examination[] {
  const { region, tasks } = environment;
  return [
    {
      subject: `every image is in ECR, by digest, built for ${tasks.architecture}`,
      isMadeByDeployment: true,
      look: () =>
        releaseProblems(
          new ECRClient({ region }),
          facts.images,
          SERVICES.map(({ name }) => name),
          environment,
        ),
    },
    {
      subject: 'no secret is marked for deletion',
      look: () => deletedSecretProblems(new SecretsManagerClient({ region }), environment),
    },
    {
      subject: 'every secret is there, and every field of it is filled',
      isMadeByDeployment: true,
      look: () => unfilledSecretProblems(new SecretsManagerClient({ region }), environment),
    },
  ];
}
