import { InfrastructureError } from '../infrastructure-error';
import { listed, published, workedOut, type Price } from './price';

/** The region the prices are of. */
export const PRICED_REGION = 'eu-west-2';

/** AWS counts a month as 730 hours. */
export const HOURS_PER_MONTH = 730;

/** On demand, eu-west-2 (London). */
export const PRICES = {
  vcpuX86: listed(0.04656, 'vCPU-hour', 'AmazonECS', 'EUW2-Fargate-vCPU-Hours:perCPU', '2026-09-11'),
  memoryX86: listed(0.00511, 'GB-hour', 'AmazonECS', 'EUW2-Fargate-GB-Hours', '2026-09-11'),
  vcpuArm: listed(0.03725, 'vCPU-hour', 'AmazonECS', 'EUW2-Fargate-ARM-vCPU-Hours:perCPU', '2026-09-11'),
  memoryArm: listed(0.00409, 'GB-hour', 'AmazonECS', 'EUW2-Fargate-ARM-GB-Hours', '2026-09-11'),

  natGatewayHour: listed(0.05, 'hour', 'AmazonEC2', 'EUW2-NatGateway-Hours', '2026-09-25'),
  natGatewayData: listed(0.05, 'GB', 'AmazonEC2', 'EUW2-NatGateway-Bytes', '2026-09-25'),
  natInstanceHour: workedOut(
    0.0048,
    'hour',
    't4g.nano of N. Virginia ($0.0042) × London/Virginia of t3.micro',
  ),
  natInstanceDisk: listed(0.0928, 'GB-month', 'AmazonEC2', 'EUW2-EBS:VolumeUsage.gp3', '2026-09-25'),
  publicAddress: listed(0.005, 'hour', 'AmazonVPC', 'EUW2-PublicIPv4:InUseAddress', '2026-09-17'),
  endpointHour: listed(0.011, 'hour', 'AmazonVPC', 'EUW2-VpcEndpoint-Hours', '2026-09-17'),
  endpointData: listed(0.01, 'GB', 'AmazonVPC', 'EUW2-VpcEndpoint-Bytes', '2026-09-17'),
  dataOut: listed(0.09, 'GB', 'AWSDataTransfer', 'EUW2-DataTransfer-Out-Bytes', '2026-09-16'),
  dataBetweenZones: published(0.01, 'GB', 'https://aws.amazon.com/ec2/pricing/on-demand/', '2026-11-21'),

  loadBalancerHour: listed(0.02646, 'hour', 'AWSELB', 'EUW2-LoadBalancerUsage', '2026-09-11'),
  loadBalancerUnit: listed(0.0084, 'LCU-hour', 'AWSELB', 'EUW2-LCUUsage', '2026-09-11'),
  firewall: published(5, 'month', 'https://aws.amazon.com/waf/pricing/', '2026-11-21'),
  firewallRule: published(1, 'rule-month', 'https://aws.amazon.com/waf/pricing/', '2026-11-21'),
  firewallRequests: published(0.6, 'million', 'https://aws.amazon.com/waf/pricing/', '2026-11-21'),
  hostedZone: listed(0.5, 'month', 'AmazonRoute53', 'HostedZone', '2026-09-11'),
  dnsQueries: listed(0.4, 'million', 'AmazonRoute53', 'DNS-Queries', '2026-09-11'),

  databaseStorage: listed(0.133, 'GB-month', 'AmazonRDS', 'EUW2-RDS:GP3-Storage', '2026-10-06'),
  databaseBackup: listed(0.1, 'GB-month', 'AmazonRDS', 'EUW2-RDS:ChargedBackupUsage', '2026-10-06'),

  bucketStorage: listed(0.024, 'GB-month', 'AmazonS3', 'EUW2-TimedStorage-ByteHrs', '2026-09-28'),
  bucketWrites: listed(0.0053, 'thousand', 'AmazonS3', 'EUW2-Requests-Tier1', '2026-09-28'),
  bucketReads: listed(0.0042, 'ten thousand', 'AmazonS3', 'EUW2-Requests-Tier2', '2026-09-28'),
  bucketBackup: workedOut(0.06, 'GB-month', 'S3 backup of N. Virginia ($0.05) + 20 %'),
  imageStorage: listed(0.1, 'GB-month', 'AmazonECR', 'EUW2-TimedStorage-ByteHrs', '2026-09-11'),

  secret: listed(0.4, 'month', 'AWSSecretsManager', 'EUW2-AWSSecretsManager-Secrets', '2026-09-11'),
  encryptionKey: listed(1, 'month', 'awskms', 'eu-west-2-KMS-Keys', '2026-09-11'),

  metric: listed(0.3, 'metric-month', 'AmazonCloudWatch', 'EUW2-CW:MetricMonitorUsage', '2026-09-22'),
  alarm: listed(0.1, 'alarm-month', 'AmazonCloudWatch', 'EUW2-CW:AlarmMonitorUsage', '2026-09-22'),
  dashboard: published(3, 'month', 'https://aws.amazon.com/cloudwatch/pricing/', '2026-11-21'),
  logsIn: listed(0.5985, 'GB', 'AmazonCloudWatch', 'EUW2-DataProcessing-Bytes', '2026-09-22'),
  logsKept: listed(0.0315, 'GB-month', 'AmazonCloudWatch', 'EUW2-TimedStorage-ByteHrs', '2026-09-22'),
} as const satisfies Record<string, Price>;

/** PostgreSQL, one instance in one zone; with Multi-AZ AWS bills the standby like another one. */
export const DATABASE_CLASS_PRICES: Readonly<Record<string, Price>> = {
  'db.t3.micro': listed(0.021, 'hour', 'AmazonRDS', 'EUW2-InstanceUsage:db.t3.micro', '2026-10-06'),
  'db.t4g.micro': listed(0.018, 'hour', 'AmazonRDS', 'EUW2-InstanceUsage:db.t4g.micro', '2026-10-06'),
  'db.t4g.small': listed(0.036, 'hour', 'AmazonRDS', 'EUW2-InstanceUsage:db.t4g.small', '2026-10-06'),
  'db.t4g.medium': listed(0.072, 'hour', 'AmazonRDS', 'EUW2-InstanceUsage:db.t4g.medium', '2026-09-04'),
};

export const REDIS_NODE_PRICES: Readonly<Record<string, Price>> = {
  'cache.t4g.micro': listed(
    0.018,
    'hour',
    'AmazonElastiCache',
    'EUW2-NodeUsage:cache.t4g.micro',
    '2026-09-05',
  ),
  'cache.t4g.small': workedOut(0.036, 'hour', 'halfway in size between cache.t4g.micro and cache.t4g.medium'),
  'cache.t4g.medium': listed(
    0.072,
    'hour',
    'AmazonElastiCache',
    'EUW2-NodeUsage:cache.t4g.medium',
    '2026-09-05',
  ),
};

/** Spot follows supply; AWS says up to 70 % off, and that is what its small tasks usually were. */
export const SPOT_SHARE_OF_ON_DEMAND = 0.3;

/** @throws InfrastructureError when the table has no price for it */
export function priceOf(table: Readonly<Record<string, Price>>, kind: string): Price {
  const price = table[kind];
  if (price !== undefined) return price;
  throw new InfrastructureError(
    `There is no price for ${kind}. Known: ${Object.keys(table).join(', ')}. ` +
      'Add it with its source to infra/aws/src/cost/prices.ts, or take one of these.',
  );
}
