import { loadEnvironment } from '../environments';
import { imageProblems, registryProblems } from './images.check';

const DIGEST = `@sha256:${'a'.repeat(64)}`;
const ECR = '123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev';

it.each([`${ECR}/api${DIGEST}`, 'public.ecr.aws/docker/library/node:24-bookworm-slim'])(
  'takes %s',
  (image) => {
    expect(registryProblems('api', image)).toEqual([]);
  },
);

it.each([
  ['python:3.12-slim', 'docker.io'],
  ['library/node:24', 'docker.io'],
  ['docker.io/library/node:24', 'docker.io'],
  ['ghcr.io/mlflow/mlflow:v3.17.2', 'ghcr.io'],
  ['localhost:5000/api:1', 'localhost:5000'],
  ['evil.example/123456789012.dkr.ecr.eu-west-2.amazonaws.com/api', 'evil.example'],
])('refuses %s, which comes from %s', (image, registry) => {
  expect(registryProblems('api', image)).toEqual([
    expect.objectContaining({ what: expect.stringContaining(` comes from ${registry},`) as string }),
  ]);
});

it('wants an image for every service, by digest, from the same region', () => {
  const images = {
    api: `${ECR}/api${DIGEST}`,
    inference: `${ECR}/inference:latest`,
    logging: `${ECR.replace('eu-west-2', 'us-east-1')}/logging${DIGEST}`,
  };
  const problems = imageProblems(images, ['api', 'inference', 'logging', 'mlflow'], loadEnvironment('dev'));
  expect(problems.map(({ what }) => what)).toEqual([
    'The variable images has none for mlflow.',
    expect.stringContaining('The image of inference'),
    'The image of logging is in us-east-1: every start of a task would fetch it from there.',
  ]);
});
