import {
  AllocateAddressCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { useAwsSimulator } from '@tidegate/testing';
import { loadEnvironment } from '../environments';
import { addressQuota, databaseQuota, loadBalancerQuota, processorQuota, vpcQuota } from './quota-facts';

const aws = useAwsSimulator();
const dev = loadEnvironment('dev');

it('counts the database instances, and knows its own', async () => {
  const rds = new RDSClient(aws.sdk);
  expect(await databaseQuota(rds, dev)).toEqual({ most: 40, used: 0, own: 0 });
  for (const DBInstanceIdentifier of ['somebody-elses', 'tidegate-dev'])
    await rds.send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier, Engine: 'postgres', DBInstanceClass: 'db.t3.micro' },
        ...{ AllocatedStorage: 20, MasterUsername: 'admin1', MasterUserPassword: 'password1' },
      }),
    );
  expect(await databaseQuota(rds, dev)).toEqual({ most: 40, used: 2, own: 1 });
});

it('counts the Elastic IP addresses, and knows its own', async () => {
  const ec2 = new EC2Client(aws.sdk);
  expect(await addressQuota(ec2, dev)).toEqual({ most: 5, used: 0, own: 0 });
  for (const Environment of ['dev', 'production'])
    await ec2.send(
      new AllocateAddressCommand({
        Domain: 'vpc',
        TagSpecifications: [
          {
            ResourceType: 'elastic-ip',
            Tags: [
              { Key: 'Project', Value: 'tidegate' },
              { Key: 'Environment', Value: Environment },
            ],
          },
        ],
      }),
    );
  await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  expect(await addressQuota(ec2, dev)).toEqual({ most: 5, used: 3, own: 1 });
});

it('counts the application load balancers, and knows its own', async () => {
  const [elb, ec2] = [new ElasticLoadBalancingV2Client(aws.sdk), new EC2Client(aws.sdk)];
  expect(await loadBalancerQuota(elb, dev)).toEqual({ most: 20, used: 0, own: 0 });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const Subnets: string[] = [];
  for (const zone of ['a', 'b']) {
    const CidrBlock = `10.9.${Subnets.length}.0/24`;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone: `eu-west-2${zone}` }),
    );
    Subnets.push(Subnet?.SubnetId ?? '');
  }
  for (const [Name, Type] of [
    ['tidegate-dev', 'application'],
    ['somebody-elses', 'application'],
    ['another-ones', 'application'],
    ['of-another-kind', 'network'],
  ] as const)
    await elb.send(new CreateLoadBalancerCommand({ Name, Type, Subnets }));
  expect(await loadBalancerQuota(elb, dev)).toEqual({ most: 20, used: 3, own: 1 });
});

it('takes a quota that is not told for unknown, not for enough', async () => {
  const silent = new RDSClient(aws.sdk);
  silent.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      return { ...result, output: { ...result.output, AccountQuotas: [] } };
    },
    { step: 'initialize' },
  );
  await expect(databaseQuota(silent, dev)).rejects.toThrow(
    'AWS does not say how many database instances there may be',
  );
});

it('counts the VPCs, and knows its own', async () => {
  const [ec2, quotas] = [new EC2Client(aws.sdk), new ServiceQuotasClient(aws.sdk)];
  const quota = { things: 'VPCs', serviceCode: 'vpc', quotaCode: 'L-F678F1CE' };
  const before = await vpcQuota({ ec2, quotas }, quota, dev);
  expect(before).toMatchObject({ most: 5, own: 0 });
  for (const Environment of ['dev', 'production'])
    await ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.8.0.0/16',
        TagSpecifications: [
          {
            ResourceType: 'vpc',
            Tags: [
              { Key: 'Project', Value: 'tidegate' },
              { Key: 'Environment', Value: Environment },
            ],
          },
        ],
      }),
    );
  expect(await vpcQuota({ ec2, quotas }, quota, dev)).toEqual({ most: 5, used: before.used + 2, own: 1 });
  const unknown = { ...quota, quotaCode: 'L-00000000' };
  await expect(vpcQuota({ ec2, quotas }, unknown, dev)).rejects.toThrow();
});

it('counts the processors that tasks of Fargate have, and knows its own', async () => {
  const [ecs, quotas, ec2] = [
    new ECSClient(aws.sdk),
    new ServiceQuotasClient(aws.sdk),
    new EC2Client(aws.sdk),
  ];
  const quota = { things: 'processors', serviceCode: 'fargate', quotaCode: 'L-3032A538' };
  expect(await processorQuota({ ecs, quotas }, quota, dev)).toEqual({ most: 6, used: 0, own: 0 });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.7.0.0/24' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...{
        family: 'sample',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '512',
        memory: '1024',
      },
      containerDefinitions: [{ name: 'sample', image: 'sample' }],
    }),
  );
  for (const [clusterName, desiredCount] of [
    ['tidegate-dev', 3],
    ['somebody-elses', 1],
  ] as const) {
    await ecs.send(new CreateClusterCommand({ clusterName }));
    await ecs.send(
      new CreateServiceCommand({
        ...{ cluster: clusterName, serviceName: 'sample', taskDefinition: 'sample', desiredCount },
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [Subnet?.SubnetId ?? ''], securityGroups: [] },
        },
      }),
    );
  }
  expect(await processorQuota({ ecs, quotas }, quota, dev)).toEqual({ most: 6, used: 2, own: 1.5 });
  const onSpot = loadEnvironment('dev', { tasks: { capacity: 'FARGATE_SPOT' } });
  expect(await processorQuota({ ecs, quotas }, quota, onSpot)).toMatchObject({ used: 0, own: 0 });
});
