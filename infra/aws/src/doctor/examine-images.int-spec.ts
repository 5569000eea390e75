import { createHash } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { useAwsSimulator } from '@tidegate/testing';
import { pushImage, pushIndex } from '../../test/push-image';
import { loadEnvironment } from '../environments';
import { releaseProblems } from './examine-images';

const aws = useAwsSimulator();
const dev = loadEnvironment('dev');
const onArm = loadEnvironment('dev', { tasks: { architecture: 'ARM64' } });
const repositoryName = 'tidegate-dev/api';
const registry = '123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev';
const AMD = { os: 'linux', architecture: 'amd64' };
const ARM = { os: 'linux', architecture: 'arm64' };
let ecr: ECRClient;
let amd: string;
let arm: string;

beforeAll(async () => {
  ecr = new ECRClient(aws.sdk);
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  amd = await pushImage(ecr, repositoryName, AMD);
  arm = await pushImage(ecr, repositoryName, ARM);
});

async function whatIsWrong(digest: string, environment = dev): Promise<string[]> {
  const problems = await releaseProblems(ecr, { api: `${registry}/api@${digest}` }, ['api'], environment);
  return problems.map(({ what }) => what);
}

it('finds images that are missing: in the file, in ECR, or the file itself', async () => {
  const there = `${registry}/api@${amd}`;
  const elsewhere = `sha256:${createHash('sha256').update('other').digest('hex')}`;
  expect(await releaseProblems(ecr, { api: there }, ['api'], dev)).toEqual([]);
  const problems = await releaseProblems(
    ecr,
    { api: `${registry}/api@${elsewhere}`, logging: `${registry}/logging@${elsewhere}` },
    ['api', 'logging', 'mlflow'],
    dev,
  );
  expect(problems.map(({ what }) => what)).toEqual([
    'The variable images has none for mlflow.',
    expect.stringContaining('ECR does not have the image of api, tidegate-dev/api@sha256:') as string,
    expect.stringContaining('ECR does not have the image of logging, tidegate-dev/logging@sha256:') as string,
  ]);
  const [none] = await releaseProblems(ecr, undefined, ['api'], dev);
  expect(none?.remedy).toContain('tidegate images push dev');
});

it('finds an image that was built for other processors than those of the tasks', async () => {
  expect(await whatIsWrong(amd)).toEqual([]);
  expect(await whatIsWrong(arm, onArm)).toEqual([]);
  const [problem, ...others] = await releaseProblems(ecr, { api: `${registry}/api@${arm}` }, ['api'], dev);
  expect(others).toEqual([]);
  expect(problem).toEqual({
    what: `The image of api, tidegate-dev/api@${arm.slice(0, 19)}…, runs on linux/arm64: its tasks would end with "exec format error".`,
    expected: 'linux/amd64, since tasks.architecture is X86_64.',
    remedy: expect.stringContaining('images push dev --platform linux/amd64') as string,
  });
  expect(await whatIsWrong(amd, onArm)).toEqual([expect.stringContaining('runs on linux/amd64:')]);
});

it('finds the processors of every image in a list, and not those of the papers beside them', async () => {
  const papers = { digest: arm, platform: { os: 'unknown', architecture: 'unknown' } };
  const list = await pushIndex(ecr, repositoryName, [{ digest: arm, platform: ARM }, papers]);
  expect(await whatIsWrong(list, onArm)).toEqual([]);
  expect(await whatIsWrong(list)).toEqual([expect.stringContaining('runs on linux/arm64:')]);
  const both = await pushIndex(ecr, repositoryName, [
    { digest: arm, platform: ARM },
    { digest: amd, platform: AMD },
  ]);
  expect(await whatIsWrong(both)).toEqual([]);
  const none = await pushIndex(ecr, repositoryName, [papers]);
  expect(await whatIsWrong(none)).toEqual([expect.stringContaining('a platform that it does not name')]);
});

it('takes no image for right whose configuration cannot be read', async () => {
  const broken = new ECRClient({ ...aws.sdk, maxAttempts: 1 });
  broken.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== 'GetDownloadUrlForLayerCommand') return next(args);
        return Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
      },
    { step: 'initialize' },
  );
  await expect(releaseProblems(broken, { api: `${registry}/api@${amd}` }, ['api'], dev)).rejects.toThrow(
    'not authorized',
  );
});
