import { createHash } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { useAwsSimulator } from '@tidegate/testing';
import { loadEnvironment } from '../environments';
import { accountProblems } from './examine-account';
import { releaseProblems } from './examine-images';
import { zoneProblems } from './examine-zone';

const aws = useAwsSimulator();
const dev = loadEnvironment('dev', {});

it('knows whose credentials they are', async () => {
  const sts = new STSClient(aws.sdk);
  expect(await accountProblems(sts, {})).toEqual([]);
  expect(await accountProblems(sts, { accountId: '123456789012' })).toEqual([]);
  const [problem] = await accountProblems(sts, { accountId: '210987654321' });
  expect(problem?.what).toBe('The credentials belong to the account 123456789012.');
});

it('finds images that are missing: in the file, in ECR, or the file itself', async () => {
  const ecr = new ECRClient(aws.sdk);
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'tidegate-dev/api' }));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { digest: `sha256:${'a'.repeat(64)}`, size: 1, mediaType: 'application/json' },
    layers: [],
  };
  const imageManifest = JSON.stringify(manifest);
  const { image } = await ecr.send(
    new PutImageCommand({ repositoryName: 'tidegate-dev/api', imageTag: 'x', imageManifest }),
  );
  const registry = '123456789012.dkr.ecr.eu-west-2.amazonaws.com/tidegate-dev';
  const there = `${registry}/api@${image?.imageId?.imageDigest}`;
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

it('finds a zone that is not there, or of another name', async () => {
  const route53 = new Route53Client(aws.sdk);
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'acme.test', CallerReference: 'one' }),
  );
  const zoneId = HostedZone?.Id?.split('/').at(-1) ?? '';
  const withDomain = (domain: object) => ({ ...dev, edge: { ...dev.edge, domain: domain as never } });
  const domain = { name: 'api.acme.test', zoneName: 'acme.test', zoneId };

  expect(await zoneProblems(route53, { ...dev, edge: { ...dev.edge, domain: undefined } })).toEqual([]);
  expect(await zoneProblems(route53, withDomain(domain))).toEqual([]);
  const [other] = await zoneProblems(route53, withDomain({ ...domain, zoneName: 'acme.org' }));
  expect(other?.what).toBe(`The zone ${zoneId} is that of acme.test.`);
  const [absent] = await zoneProblems(route53, withDomain({ ...domain, zoneId: 'Z0NOTHERE' }));
  expect(absent?.what).toContain('there is no such zone');
  const [placeholder] = await zoneProblems(route53, withDomain({ ...domain, zoneName: 'example.com' }));
  expect(placeholder?.what).toBe('edge.domain.zoneName is still example.com.');
});
