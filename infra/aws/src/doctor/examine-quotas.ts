import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { quotaProblems, type Quota, type QuotaFacts } from '../checks';
import type { Environment } from '../environments';
import { WAYS_OUT } from '../environments/network-settings.schema';
import type { Examination } from './examination';
import { addressQuota, databaseQuota, loadBalancerQuota } from './quota-facts';

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

/** What the services tell of their own limits. Those of VPCs and of Fargate's processors only Service Quotas knows. */
export function quotaExaminations(environment: Environment): readonly Examination[] {
  const { region, network } = environment;
  const room = (quota: Quota, needed: number, read: () => Promise<QuotaFacts>): Examination => ({
    subject: `the quota of ${quota.things} in ${region} has room for ${needed} of ${environment.name}`,
    look: async () => quotaProblems(quota, needed, await read(), region),
  });
  const addresses = WAYS_OUT[network.nat];
  return [
    room(DATABASES, 1, () => databaseQuota(new RDSClient({ region }), environment)),
    room(LOAD_BALANCERS, 1, () =>
      loadBalancerQuota(new ElasticLoadBalancingV2Client({ region }), environment),
    ),
    ...(addresses === 0
      ? []
      : [room(ADDRESSES, addresses, () => addressQuota(new EC2Client({ region }), environment))]),
  ];
}
