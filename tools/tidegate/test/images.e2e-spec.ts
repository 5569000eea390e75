import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { useAwsSimulator } from '@tidegate/testing';
import { IMAGES, type Image } from '../src/images/image-builds';
import { pushImages, type PushPlan } from '../src/images/push-images';
import { Docker } from '../src/images/docker';
import { Registry } from '../src/images/registry';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(180_000);

describe('tidegate images', () => {
  const aws = useAwsSimulator();
  let folder: WorkFolder;
  let release: string;

  beforeEach(() => {
    folder = new WorkFolder();
    execFileSync('git', ['init', '--quiet'], { cwd: folder.path });
    release = commit('first');
    folder.addDocker();
  });

  afterEach(() => folder.remove());

  function commit(content: string): string {
    writeFileSync(path.join(folder.path, 'source'), content);
    writeFileSync(path.join(folder.path, '.gitignore'), '*.tfvars.json\n');
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
        cwd: folder.path,
        encoding: 'utf8',
      }).trim();
    git('add', '.');
    git('commit', '--quiet', '--message', content);
    return git('rev-parse', 'HEAD');
  }

  async function createRepositories(prefix: string): Promise<void> {
    const ecr = new ECRClient(aws.sdk);
    for (const image of IMAGES)
      await ecr.send(
        new CreateRepositoryCommand({
          repositoryName: `${prefix}/${image}`,
          imageTagMutability: 'IMMUTABLE',
        }),
      );
  }

  const tidegate = (line: string): Promise<CommandOutcome> =>
    folder.tidegate(line.split(' '), aws.environment);
  const releaseFile = (environment: string): Record<Image, string> =>
    (
      JSON.parse(
        readFileSync(path.join(folder.path, `infra/aws/images.${environment}.tfvars.json`), 'utf8'),
      ) as {
        images: Record<Image, string>;
      }
    ).images;

  it('push builds and pushes what the registry lacks, once, and writes the digests for Terraform', async () => {
    await createRepositories('tidegate-dev');
    const host = `${aws.accountId}.dkr.ecr.${aws.region}.amazonaws.com`;
    const first = await tidegate('images push dev');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });

    const names = IMAGES.map((image) => `${host}/tidegate-dev/${image}:${release}`);
    const node = 'build --file infra/images/node/Dockerfile --build-arg';
    const calls = folder.dockerCalls();
    expect(calls).toEqual([
      `${node} APP=api --platform linux/amd64 --tag ${names[0]} .`,
      `${node} APP=inference --platform linux/amd64 --tag ${names[1]} .`,
      `${node} APP=logging --platform linux/amd64 --tag ${names[2]} .`,
      `build --file infra/images/mlflow/Dockerfile --platform linux/amd64 --tag ${names[3]} .`,
      `${node} APP=setup --platform linux/amd64 --tag ${names[4]} .`,
      expect.stringMatching(new RegExp(`^login --username AWS --password-stdin ${host} < .+`)),
      ...names.map((name) => `push ${name}`),
    ]);
    const images = releaseFile('dev');
    for (const image of IMAGES) {
      const { imageDetails } = await new ECRClient(aws.sdk).send(
        new DescribeImagesCommand({
          repositoryName: `tidegate-dev/${image}`,
          imageIds: [{ imageTag: release }],
        }),
      );
      expect(images[image]).toBe(`${host}/tidegate-dev/${image}@${imageDetails?.[0]?.imageDigest}`);
    }

    const second = await tidegate('images push dev');
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.stdout).toContain('api is in the registry (pushed before)');
    expect(folder.dockerCalls()).toEqual(calls);

    const forProgram = await tidegate('images push dev --json');
    expect(JSON.parse(forProgram.stdout)).toEqual({ release, images });
    expect(forProgram.stderr).toContain('api is in the registry (pushed before)');
  });

  it('push --release goes back to an earlier release without building; one that is not there is refused', async () => {
    await createRepositories('tidegate-back');
    await tidegate('images push back');
    const before = releaseFile('back');
    commit('second');
    await tidegate('images push back');
    expect(releaseFile('back')).not.toEqual(before);
    const calls = folder.dockerCalls().length;

    expect(await tidegate('images push back --release HEAD^')).toMatchObject({ exitCode: 0 });
    expect(releaseFile('back')).toEqual(before);
    commit('third');
    const refused = await tidegate('images push back --release HEAD');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      'The registry has no image api, inference, logging, mlflow, setup of release',
    );
    expect(folder.dockerCalls()).toHaveLength(calls);
  });

  it('an unchanged image gets the new tag on its digest; it is built when its earlier release is not there', async () => {
    await createRepositories('tidegate-same');
    await tidegate('images push same');
    const before = releaseFile('same');
    const installation = { environment: 'same', prefix: 'tidegate-same', region: aws.region };
    const registry = new Registry(new ECRClient(aws.sdk), installation);
    const plan: PushPlan = {
      release: 'next',
      canBuild: false,
      unchanged: new Map(IMAGES.map((image) => [image, release])),
      platform: 'linux/amd64',
    };

    const images = await pushImages(registry, new Docker(folder.path), plan, () => undefined);

    expect(images).toEqual(before);
    expect(await registry.digestOf('api', 'next')).toBe(before.api.split('@')[1]);
    const lost = { ...plan, release: 'later', unchanged: new Map([['api', 'never pushed']] as const) };
    await expect(pushImages(registry, new Docker(folder.path), lost, () => undefined)).rejects.toThrow(
      'The registry has no image api,',
    );
  });

  it('build makes every image under a local name', async () => {
    const outcome = await tidegate('images build dev --platform linux/arm64');
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(folder.dockerCalls()).toHaveLength(5);
    expect(folder.dockerCalls()[3]).toBe(
      `build --file infra/images/mlflow/Dockerfile --platform linux/arm64 --tag tidegate-dev/mlflow:${release} .`,
    );
  });

  it.each([
    ['there are changes', 'images push dirty', 'not committed', {}],
    [
      'the foundation is not deployed',
      'images push nowhere',
      'Deploy the stack nowhere-foundation first',
      {},
    ],
    ['the region is another one', 'images push dev --region eu-west-1', 'are not all in eu-west-1', {}],
    [
      'there are no credentials',
      'images push dev',
      'No AWS credentials were found',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    ],
    [
      'AWS cannot be reached',
      'images push dev',
      'AWS cannot be reached in region "eu-west-2"',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' },
    ],
  ])('say so in one line and end with 1 when %s', async (_what, line, message, variables) => {
    if (line.includes('dirty')) writeFileSync(path.join(folder.path, 'source'), 'changed');
    const outcome = await folder.tidegate(line.split(' '), { ...aws.environment, ...variables });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(folder.dockerCalls()).toEqual([]);
  });
});
