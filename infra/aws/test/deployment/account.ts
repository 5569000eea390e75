import { ACMClient } from '@aws-sdk/client-acm';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { BudgetsClient } from '@aws-sdk/client-budgets';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery';
import { SNSClient } from '@aws-sdk/client-sns';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import type { AwsSimulator } from '@tidegate/testing';

export type Account = ReturnType<typeof openAccount>;

/** A client of the AWS SDK per service, to read back what was deployed. */
export function openAccount({ sdk }: Pick<AwsSimulator, 'sdk'>) {
  return {
    acm: new ACMClient(sdk),
    autoscaling: new ApplicationAutoScalingClient(sdk),
    backup: new BackupClient(sdk),
    budgets: new BudgetsClient(sdk),
    cloudwatch: new CloudWatchClient(sdk),
    logs: new CloudWatchLogsClient(sdk),
    ec2: new EC2Client(sdk),
    ecr: new ECRClient(sdk),
    ecs: new ECSClient(sdk),
    loadBalancing: new ElasticLoadBalancingV2Client(sdk),
    elasticache: new ElastiCacheClient(sdk),
    events: new EventBridgeClient(sdk),
    iam: new IAMClient(sdk),
    kms: new KMSClient(sdk),
    rds: new RDSClient(sdk),
    dns: new Route53Client(sdk),
    s3: new S3Client(sdk),
    secrets: new SecretsManagerClient(sdk),
    discovery: new ServiceDiscoveryClient(sdk),
    sns: new SNSClient(sdk),
    waf: new WAFV2Client(sdk),
  };
}
