import { ACMClient, DeleteCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { useAwsSimulator } from '@tidegate/testing';
import { loadEnvironment } from '../environments';
import { certificatesOf } from './certificate-facts';
import { accountProblems } from './examine-account';
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

it('finds a zone that nobody outside can ask', async () => {
  const { Vpc } = await new EC2Client(aws.sdk).send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }));
  const route53 = new Route53Client(aws.sdk);
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({
      ...{ Name: 'acme.test', CallerReference: 'two', HostedZoneConfig: { PrivateZone: true } },
      VPC: { VPCId: Vpc?.VpcId, VPCRegion: 'eu-west-2' },
    }),
  );
  const zoneId = HostedZone?.Id?.split('/').at(-1) ?? '';
  const domain = { name: 'api.acme.test', zoneName: 'acme.test', zoneId };
  const [problem] = await zoneProblems(route53, { ...dev, edge: { ...dev.edge, domain } });
  expect(problem?.what).toContain(`The zone ${zoneId} is private`);
});

it('knows every certificate of a name, with its state', async () => {
  const acm = new ACMClient(aws.sdk);
  const states = async (name: string) => (await certificatesOf(acm, name)).map(({ Status }) => Status);
  expect(await states('ml.acme.test')).toEqual([]);
  const ask = (DomainName: string, IdempotencyToken: string) =>
    acm.send(new RequestCertificateCommand({ DomainName, IdempotencyToken, ValidationMethod: 'DNS' }));
  const { CertificateArn } = await ask('ml.acme.test', 'one');
  await ask('ml.acme.test', 'two');
  await ask('other.acme.test', 'three');
  expect(await states('ml.acme.test')).toEqual(['PENDING_VALIDATION', 'PENDING_VALIDATION']);
  await acm.send(new DeleteCertificateCommand({ CertificateArn }));
  expect(await states('ml.acme.test')).toEqual(['PENDING_VALIDATION']);
});
