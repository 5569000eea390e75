import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { quotaProblems, type Quota, type QuotaFacts } from '../checks';
import type { Environment } from '../environments';
import { SERVICES } from '../services';
import { sizeOf } from '../services/service-definition';
import { WAYS_OUT } from '../environments/network-settings.schema';
import type { Examination } from './examination';
import { UNITS_OF_A_PROCESSOR } from './fargate-use';
import { addressQuota, databaseQuota, loadBalancerQuota, processorQuota, vpcQuota } from './quota-facts';

const DATABASES: Quota = {
  things: 'database instances',
  serviceCode: 'rds',
  quotaCode: 'L-7B6409FD',
};
const LOAD_BALANCERS: Quota = {
  things: 'load balancers',
  serviceCode: 'elasticloadbalancing',
  quotaCode: 'L-53DA6B97',
};
const ADDRESSES: Quota = {
  things: 'Elastic IP addresses',
  serviceCode: 'ec2',
  quotaCode: 'L-0263D0A3',
};

const VPCS: Quota = { things: 'VPCs', serviceCode: 'vpc', quotaCode: 'L-F678F1CE' };
const PROCESSORS = {
  FARGATE: {
    things: 'processors of Fargate on demand',
    serviceCode: 'fargate',
    quotaCode: 'L-3032A538',
  },
  FARGATE_SPOT: {
    things: 'processors of Fargate on Spot',
    serviceCode: 'fargate',
    quotaCode: 'L-36FBB829',
  },
} as const satisfies Record<string, Quota>;

/** What the account must have room for. Services tell some of their limits themselves, the others Service Quotas knows. */
export function quotaExaminations(environment: Environment): readonly Examination[] {
  const { region, network } = environment;
  const room = (quota: Quota, needed: number, read: () => Promise<QuotaFacts>): Examination => ({
    subject: `the quota of ${quota.things} in ${region} has room for ${needed} of ${environment.name}`,
    look: async () => quotaProblems(quota, needed, await read(), region),
  });
  const addresses = WAYS_OUT[network.nat];
  const quotas = new ServiceQuotasClient({ region });
  const processors = PROCESSORS[environment.tasks.capacity];
  return [
    room(VPCS, 1, () => vpcQuota({ ec2: new EC2Client({ region }), quotas }, VPCS, environment)),
    room(processors, neededProcessors(environment), () =>
      processorQuota({ ecs: new ECSClient({ region }), quotas }, processors, environment),
    ),
    room(DATABASES, 1, () => databaseQuota(new RDSClient({ region }), environment)),
    room(LOAD_BALANCERS, 1, () =>
      loadBalancerQuota(new ElasticLoadBalancingV2Client({ region }), environment),
    ),
    ...(addresses === 0
      ? []
      : [room(ADDRESSES, addresses, () => addressQuota(new EC2Client({ region }), environment))]),
  ];
}

/** Every service with its least number of tasks, and one more of each, as in a deployment. */
function neededProcessors(environment: Environment): number {
  const units = SERVICES.map((service) => sizeOf(service, environment)).map(
    ({ cpu, minCount }) => cpu * (minCount + 1),
  );
  return units.reduce((sum, one) => sum + one, 0) / UNITS_OF_A_PROCESSOR;
}
