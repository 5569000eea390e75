import { TerraformOutput, TerraformVariable, type App } from 'cdktf';
import { Backup } from '../constructs/backup';
import { Budget } from '../constructs/budget';
import { Cluster } from '../constructs/cluster';
import { Database } from '../constructs/database';
import { EnvironmentKey } from '../constructs/environment-key';
import { ImageRepositories } from '../constructs/image-repositories';
import { InstallationSecrets } from '../constructs/installation-secrets';
import { InterfaceEndpoints } from '../constructs/interface-endpoints';
import { LogBucket } from '../constructs/log-bucket';
import { Network } from '../constructs/network';
import { Redis } from '../constructs/redis';
import { RefusedConnections } from '../constructs/refused-connections';
import { S3Endpoint } from '../constructs/s3-endpoint';
import { ServiceNamespace } from '../constructs/service-namespace';
import { SetupTask } from '../constructs/setup-task';
import { namespaceOf, type Environment } from '../environments';
import { SERVICES } from '../services';
import { EnvironmentStack } from './environment.stack';
import type { StorageStack } from './storage.stack';

/** The services' images, and the one of the set-up task. */
const IMAGES: readonly string[] = [...SERVICES.map(({ name }) => name), 'setup'];

/** What changes rarely and what services stand on: network, key, database, secrets, image repositories, cluster. */
export class FoundationStack extends EnvironmentStack {
  readonly key: EnvironmentKey;
  readonly network: Network;
  readonly cluster: Cluster;
  readonly namespace: ServiceNamespace;
  readonly repositories: ImageRepositories;
  readonly secrets: InstallationSecrets;
  readonly database: Database;
  /** Undefined where every api task counts for itself. */
  readonly redis: Redis | undefined;
  /** For the load balancer's access log. */
  readonly logBucket: LogBucket;

  constructor(app: App, environment: Environment, storage: StorageStack) {
    super(app, environment, 'foundation');
    this.key = this.makeKey();
    this.network = this.makeNetwork();
    this.makeEndpoints(storage);
    this.makeFlowLog();
    this.cluster = this.makeCluster();
    this.namespace = this.makeNamespace();
    this.repositories = this.makeRepositories();
    this.secrets = this.makeSecrets();
    this.database = this.makeDatabase();
    this.redis = this.makeRedis();
    this.logBucket = this.makeLogBucket();
    this.makeSetupTask();
    this.makeBackup(storage);
    this.makeBudget();
    this.makeOutputs();
  }

  private makeKey(): EnvironmentKey {
    const { region, isDisposable } = this.environment;
    return new EnvironmentKey(this, 'key', {
      prefix: this.prefix,
      region,
      accountId: this.accountId,
      deletionWindowDays: isDisposable ? 7 : 30,
    });
  }

  private makeNetwork(): Network {
    const { region, network: settings } = this.environment;
    const [first, second] = settings.zones;
    return new Network(this, 'network', {
      prefix: this.prefix,
      cidr: settings.cidr,
      zones: [`${region}${first}`, `${region}${second}`],
      nat: settings.nat,
    });
  }

  private makeEndpoints(storage: StorageStack): void {
    const { region, network: settings } = this.environment;
    const { vpcId, cidr, routeTableIds, taskSubnetIds: subnetIds } = this.network;
    const where = { prefix: this.prefix, region, accountId: this.accountId, vpcId };
    const artifactBucketArn = storage.artifacts.bucketArn;
    new S3Endpoint(this, 's3-endpoint', { ...where, routeTableIds, artifactBucketArn });
    if (settings.hasInterfaceEndpoints)
      new InterfaceEndpoints(this, 'endpoints', { ...where, cidr, subnetIds });
  }

  private makeFlowLog(): void {
    if (!this.environment.network.hasFlowLog) return;
    const { accountId, network } = this;
    new RefusedConnections(this, 'flow-log', { ...this.logged(), accountId, vpcId: network.vpcId });
  }

  private makeCluster(): Cluster {
    const { capacity, hasContainerInsights } = this.environment.tasks;
    return new Cluster(this, 'cluster', { ...this.logged(), capacity, hasContainerInsights });
  }

  private makeNamespace(): ServiceNamespace {
    const name = namespaceOf(this.environment);
    return new ServiceNamespace(this, 'namespace', { name, vpcId: this.network.vpcId });
  }

  private makeRepositories(): ImageRepositories {
    return new ImageRepositories(this, 'images', {
      prefix: this.prefix,
      images: IMAGES,
      keyArn: this.key.arn,
      isEmptiedOnDestroy: this.environment.isDisposable,
    });
  }

  private makeSecrets(): InstallationSecrets {
    const { secretRecoveryDays, edge } = this.environment;
    return new InstallationSecrets(this, 'secrets', {
      prefix: this.prefix,
      keyArn: this.key.arn,
      recoveryDays: secretRecoveryDays,
      hasOidcClient: edge.mlflowUi?.kind === 'oidc',
    });
  }

  private makeDatabase(): Database {
    const { database, isDisposable } = this.environment;
    const instanceClass = new TerraformVariable(this, 'db_instance_class', {
      type: 'string',
      default: database.instanceClass,
      description: 'Instance class of the database',
    });
    return new Database(this, 'database', {
      ...database,
      ...this.logged(),
      accountId: this.accountId,
      vpcId: this.network.vpcId,
      subnetIds: this.network.privateSubnetIds,
      instanceClass: instanceClass.stringValue,
      defaultInstanceClass: database.instanceClass,
      isDisposable,
    });
  }

  private makeRedis(): Redis | undefined {
    const { redis, isDisposable } = this.environment;
    if (redis === undefined) return undefined;
    return new Redis(this, 'redis', {
      ...redis,
      prefix: this.prefix,
      vpcId: this.network.vpcId,
      subnetIds: this.network.privateSubnetIds,
      keyArn: this.key.arn,
      isDisposable,
    });
  }

  private makeLogBucket(): LogBucket {
    const { logRetentionDays, isDisposable } = this.environment;
    return new LogBucket(this, 'log-bucket', {
      name: `${this.prefix}-logs-${this.accountId}`,
      writer: 'logdelivery.elasticloadbalancing.amazonaws.com',
      keyPrefix: `AWSLogs/${this.accountId}/`,
      retentionDays: logRetentionDays,
      isEmptiedOnDestroy: isDisposable,
    });
  }

  private makeSetupTask(): void {
    const { name: environmentName, project, region, tasks } = this.environment;
    const { vpcId, taskSubnetIds: subnetIds, assignsPublicIp } = this.network;
    const { repositories, secrets } = this;
    new SetupTask(this, 'setup', {
      ...this.logged(),
      project,
      environmentName,
      region,
      accountId: this.accountId,
      architecture: tasks.architecture,
      vpcId,
      subnetIds,
      assignsPublicIp,
      database: this.database,
      secretArns: secrets.generatedArns,
      mlflowSecretArn: secrets.arnOf('database/mlflow'),
      images: {
        setup: { url: repositories.urlOf('setup'), arn: repositories.arnOf('setup') },
        mlflow: { url: repositories.urlOf('mlflow'), arn: repositories.arnOf('mlflow') },
      },
    });
  }

  private makeBackup(storage: StorageStack): void {
    const { isProtected, backupDays } = this.environment.database;
    if (!isProtected) return;
    new Backup(this, 'backup', {
      prefix: this.prefix,
      keyArn: this.key.arn,
      resourceArns: [this.database.arn, storage.artifacts.bucketArn],
      retentionDays: backupDays,
    });
  }

  private makeBudget(): void {
    const { budget, alarms } = this.environment;
    new Budget(this, 'budget', { name: this.prefix, ...budget, emails: alarms.emails });
  }

  private makeOutputs(): void {
    new TerraformOutput(this, 'database_endpoint', { value: this.database.host });
    new TerraformOutput(this, 'cluster_name', { value: this.cluster.name });
    new TerraformOutput(this, 'service_namespace', { value: this.namespace.name });
    new TerraformOutput(this, 'log_bucket', { value: this.logBucket.name });
    for (const image of IMAGES) {
      new TerraformOutput(this, `repository_${image}`, { value: this.repositories.urlOf(image) });
    }
  }

  /** What everything wants to know that writes to CloudWatch. */
  private logged(): { prefix: string; keyArn: string; logRetentionDays: number } {
    const { logRetentionDays } = this.environment;
    return { prefix: this.prefix, keyArn: this.key.arn, logRetentionDays };
  }
}
