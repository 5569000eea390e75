import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Installation } from '../installation';
import { readService } from '../services/read-services';
import { readTasks } from '../services/read-tasks';
import { observeService } from '../services/service-observation';
import { checked } from './checked';
import { databaseHostOf, type Checked, type DatabaseFacts, type DiagnosisFacts } from './diagnosis-facts';
import { readAlarms } from './read-alarms';
import { artifactBucketOf, readBucket } from './read-bucket';
import { readDatabase } from './read-database';
import { readLogs } from './read-logs';
import { readNetwork } from './read-network';
import { readSecrets } from './read-secrets';
import { wasPlanned } from './observe-tasks';

/** Finds out all that is to be known about a service; what may not be read is left out by itself. */
export async function gatherFacts(
  installation: Installation,
  serviceName: string,
  sinceMs: number,
): Promise<DiagnosisFacts> {
  const { prefix, region } = installation;
  const ecs = new ECSClient({ region });
  const loadBalancing = new ElasticLoadBalancingV2Client({ region });
  const service = await readService(ecs, installation, serviceName);
  const clients = { ecs, ecr: new ECRClient({ region }), loadBalancing };
  const [observation, allStopped] = await Promise.all([
    observeService(clients, prefix, service),
    readTasks(ecs, prefix, serviceName, 'STOPPED'),
  ]);
  const stoppedTasks = allStopped.filter(({ stoppedAt }) => (stoppedAt?.getTime() ?? Infinity) >= sinceMs);
  const container = observation.definition.containerDefinitions?.[0] ?? {};
  const crashed = stoppedTasks.filter((task) => !wasPlanned(task));
  const bucketName = artifactBucketOf(observation);
  const database = databaseHostOf(observation) === undefined ? undefined : await databaseOf(installation);
  const ec2 = new EC2Client({ region });
  const [logs, alarms, secrets, network, bucket] = await Promise.all([
    checked(region, readLogs(new CloudWatchLogsClient({ region }), container, crashed, sinceMs)),
    checked(region, readAlarms(new CloudWatchClient({ region }), prefix, observation)),
    checked(region, readSecrets(new SecretsManagerClient({ region }), container)),
    checked(region, readNetwork({ ec2, loadBalancing }, observation, groupsOf(database))),
    bucketName === undefined ? undefined : checked(region, readBucket(new S3Client({ region }), bucketName)),
  ]);
  return {
    ...{ installation, observation, stoppedTasks, sinceMs, logs, alarms, secrets, network },
    ...(database !== undefined && { database }),
    ...(bucket !== undefined && { bucket }),
  };
}

function databaseOf({ prefix, region }: Installation): Promise<Checked<DatabaseFacts>> {
  return checked(region, readDatabase(new RDSClient({ region }), prefix));
}

function groupsOf(database: Checked<DatabaseFacts> | undefined): readonly string[] {
  if (database === undefined || 'unchecked' in database) return [];
  return (database.value.instance?.VpcSecurityGroups ?? []).flatMap(
    ({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? [],
  );
}
