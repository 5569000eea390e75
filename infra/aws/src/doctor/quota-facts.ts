import {
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  paginateDescribeVpcs,
  type EC2Client,
  type Tag,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeAccountLimitsCommand,
  paginateDescribeLoadBalancers,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeAccountAttributesCommand as DescribeDatabaseAttributesCommand,
  DBInstanceNotFoundFault,
  DescribeDBInstancesCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Quota, QuotaFacts } from '../checks';
import { prefixOf, type Environment } from '../environments';
import { processorsInUse } from './fargate-use';
import { quotaValue } from './service-quotas';

/** @throws Error when RDS does not say */
export async function databaseQuota(rds: RDSClient, environment: Environment): Promise<QuotaFacts> {
  const { AccountQuotas = [] } = await rds.send(new DescribeDatabaseAttributesCommand({}));
  const quota = AccountQuotas.find(({ AccountQuotaName }) => AccountQuotaName === 'DBInstances');
  return {
    most: known(quota?.Max, 'how many database instances there may be'),
    used: known(quota?.Used, 'how many database instances there are'),
    own: (await hasDatabase(rds, prefixOf(environment))) ? 1 : 0,
  };
}

async function hasDatabase(rds: RDSClient, identifier: string): Promise<boolean> {
  try {
    await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    return true;
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return false;
    throw error;
  }
}

/** @throws Error when EC2 does not say */
export async function addressQuota(ec2: EC2Client, environment: Environment): Promise<QuotaFacts> {
  const { AccountAttributes = [] } = await ec2.send(new DescribeAccountAttributesCommand({}));
  const attribute = AccountAttributes.find(({ AttributeName }) => AttributeName === 'vpc-max-elastic-ips');
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return {
    most: known(
      attribute?.AttributeValues?.[0]?.AttributeValue,
      'how many Elastic IP addresses there may be',
    ),
    used: Addresses.length,
    own: Addresses.filter((address) => isOwn(address, environment)).length,
  };
}

export async function vpcQuota(
  { ec2, quotas }: { readonly ec2: EC2Client; readonly quotas: ServiceQuotasClient },
  quota: Quota,
  environment: Environment,
): Promise<QuotaFacts> {
  const vpcs: Vpc[] = [];
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: ec2 }, {})) vpcs.push(...Vpcs);
  return {
    most: await quotaValue(quotas, quota),
    used: vpcs.length,
    own: vpcs.filter((vpc) => isOwn(vpc, environment)).length,
  };
}

function isOwn({ Tags = [] }: { readonly Tags?: readonly Tag[] }, { project, name }: Environment): boolean {
  return Object.entries({ Project: project, Environment: name }).every(([key, value]) =>
    Tags.some((tag) => tag.Key === key && tag.Value === value),
  );
}

/** Of processors for tasks of Fargate, on demand or on Spot as the environment's are. */
export async function processorQuota(
  { ecs, quotas }: { readonly ecs: ECSClient; readonly quotas: ServiceQuotasClient },
  quota: Quota,
  environment: Environment,
): Promise<QuotaFacts> {
  const use = await processorsInUse(ecs, environment.tasks.capacity === 'FARGATE_SPOT');
  return {
    most: await quotaValue(quotas, quota),
    used: [...use.values()].reduce((sum, processors) => sum + processors, 0),
    own: use.get(prefixOf(environment)) ?? 0,
  };
}

/** @throws Error when Elastic Load Balancing does not say */
export async function loadBalancerQuota(
  client: ElasticLoadBalancingV2Client,
  environment: Environment,
): Promise<QuotaFacts> {
  const { Limits = [] } = await client.send(new DescribeAccountLimitsCommand({}));
  const limit = Limits.find(({ Name }) => Name === 'application-load-balancers');
  const names: string[] = [];
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client }, {}))
    names.push(
      ...LoadBalancers.filter(({ Type }) => Type === 'application').map(
        ({ LoadBalancerName = '' }) => LoadBalancerName,
      ),
    );
  return {
    most: known(limit?.Max, 'how many load balancers there may be'),
    used: names.length,
    own: names.filter((name) => name === prefixOf(environment)).length,
  };
}

function known(value: string | number | undefined, what: string): number {
  if (value === undefined || Number.isNaN(Number(value))) throw new Error(`AWS does not say ${what}`);
  return Number(value);
}
