import { loadEnvironment } from '../environments';
import { examinationsOf } from './examinations';

const facts = {
  images: undefined,
  nowMs: () => 0,
  awsNowMs: () => Promise.resolve(0),
  terraform: () =>
    Promise.resolve({ terraform: '1.11.4', wantedProvider: '5.100.0', lockedProviders: new Map() }),
};

it('looks at everything a deployment needs, from here to the tasks', () => {
  const production = loadEnvironment('production', { stateBucket: 'states' });
  expect(examinationsOf(production, facts).map(({ subject }) => subject)).toEqual([
    'the environment contradicts neither itself nor the apps',
    'Terraform and its AWS provider have the right versions',
    'the credentials are valid, and of the right account',
    'the clock of this machine is right',
    'RDS offers PostgreSQL 15 in eu-west-2',
    'the bucket states (stateBucket) is there, in eu-west-2, with versions',
    'the quota of VPCs in eu-west-2 has room for 1 of production',
    'the quota of processors of Fargate on demand in eu-west-2 has room for 7.5 of production',
    'the quota of database instances in eu-west-2 has room for 1 of production',
    'the quota of load balancers in eu-west-2 has room for 1 of production',
    'the quota of Elastic IP addresses in eu-west-2 has room for 2 of production',
    'the public name is real, and its zone is there',
    'the certificate of ml.example.com is valid, or not made yet',
    'every image is in ECR, by digest, built for X86_64',
    'no secret is marked for deletion',
    'every secret is there, and every field of it is filled',
  ]);
});

it('looks neither at images nor at values of secrets before the deployment that makes them', () => {
  const made = examinationsOf(loadEnvironment('dev'), facts).filter(
    ({ isMadeByDeployment }) => isMadeByDeployment === true,
  );
  expect(made.map(({ subject }) => subject)).toEqual([
    'every image is in ECR, by digest, built for X86_64',
    'every secret is there, and every field of it is filled',
  ]);
});
