import { TerraformOutput, type App } from 'cdktf';
import { AlarmTopic } from '../constructs/alarm-topic';
import { Dashboard } from '../constructs/dashboard';
import { DatabaseAlarms } from '../constructs/database-alarms';
import { EventRules } from '../constructs/event-rules';
import { Images } from '../constructs/images';
import { LoadBalancerAlarms } from '../constructs/load-balancer-alarms';
import { MetricAlarm } from '../constructs/metric-alarm';
import { MlflowUi } from '../constructs/mlflow-ui';
import { RedisAlarms } from '../constructs/redis-alarms';
import { ServiceFirewalls } from '../constructs/service-firewalls';
import type { Environment } from '../environments';
import { guardedService } from '../patterns/guarded-service';
import { HttpService, type ServicePlatform } from '../patterns/http-service';
import { PublicEdge } from '../patterns/public-edge';
import { stationsOf } from '../patterns/stations';
import { SERVICES } from '../services';
import { mlflow } from '../services/mlflow';
import { settingsOf, type ServiceContext, type ServiceDefinition } from '../services/service-definition';
import { EnvironmentStack } from './environment.stack';
import type { FoundationStack } from './foundation.stack';
import type { StorageStack } from './storage.stack';

export interface ServicesStackProps {
  readonly storage: StorageStack;
  readonly foundation: FoundationStack;
  /** @default what `src/services` lists */
  readonly services?: readonly ServiceDefinition[];
}

/** What changes with every release: the way in, the services, and what watches them. */
export class ServicesStack extends EnvironmentStack {
  private readonly storage: StorageStack;
  private readonly foundation: FoundationStack;
  private readonly definitions: readonly ServiceDefinition[];
  private readonly topic: AlarmTopic;
  private readonly edge: PublicEdge;
  /** Undefined where MLflow's pages stay private. */
  private readonly mlflowUi: MlflowUi | undefined;

  constructor(app: App, environment: Environment, props: ServicesStackProps) {
    super(app, environment, 'services');
    this.storage = props.storage;
    this.foundation = props.foundation;
    this.definitions = props.services ?? SERVICES;
    this.topic = this.makeTopic();
    this.edge = this.makeEdge();
    this.mlflowUi = this.makeMlflowUi();
    const services = this.makeServices();
    this.makeAlarms();
    const dashboard = this.makeDashboard(services);
    this.makeOutputs(dashboard);
  }

  private makeTopic(): AlarmTopic {
    return new AlarmTopic(this, 'alarm-topic', {
      prefix: this.prefix,
      accountId: this.accountId,
      keyArn: this.foundation.key.arn,
      emails: this.environment.alarms.emails,
    });
  }

  private makeEdge(): PublicEdge {
    const { network, logBucket, key } = this.foundation;
    return new PublicEdge(this, 'edge', {
      environment: this.environment,
      vpcId: network.vpcId,
      publicSubnetIds: network.publicSubnetIds,
      logBucketName: logBucket.name,
      keyArn: key.arn,
    });
  }

  private makeMlflowUi(): MlflowUi | undefined {
    const { edge, health, shutdown, isDisposable } = this.environment;
    const { loadBalancer, mlflowHost } = this.edge;
    if (edge.mlflowUi === undefined || mlflowHost === undefined) return undefined;
    return new MlflowUi(this, 'mlflow-ui', {
      prefix: this.prefix,
      host: mlflowHost,
      authentication: edge.mlflowUi,
      oidcSecretArn: this.foundation.secrets.oidcArn,
      loadBalancer,
      target: {
        name: `${this.prefix}-${mlflow.name}`,
        vpcId: this.foundation.network.vpcId,
        port: mlflow.port,
        healthCheck: { path: '/health', ...health.loadBalancer },
        deregistrationDelaySeconds: shutdown.deregistrationDelaySeconds,
      },
      isProtected: !isDisposable,
    });
  }

  private makeServices(): HttpService[] {
    const platform = this.platform();
    const context = this.context();
    const firewalls = this.makeFirewalls(context);
    const images = new Images(
      this,
      'images',
      this.definitions.map(({ name }) => name),
    );
    return this.definitions.map(
      (definition, index) =>
        new HttpService(this, definition.name, {
          definition,
          platform,
          image: images.of(definition.name),
          settings: settingsOf(definition, context),
          securityGroupId: firewalls.idOf(definition.name),
          priority: 10 * (index + 1),
          target: definition.name === mlflow.name ? this.mlflowUi : undefined,
        }),
    );
  }

  private makeFirewalls(context: ServiceContext): ServiceFirewalls {
    const { network, database, redis } = this.foundation;
    const stores = {
      database: { ...database, name: 'database' },
      redis: redis === undefined ? undefined : { ...redis, name: 'redis', port: 6379 },
    };
    return new ServiceFirewalls(this, 'firewalls', {
      prefix: this.prefix,
      vpcId: network.vpcId,
      loadBalancer: { name: 'load-balancer', securityGroupId: this.edge.loadBalancer.securityGroupId },
      services: this.definitions.map((definition) => {
        const hasUi = definition.name === mlflow.name && this.mlflowUi !== undefined;
        return guardedService(definition, context, stores, hasUi);
      }),
    });
  }

  private makeAlarms(): void {
    const { topic } = this;
    const { alarms, redis: redisSettings } = this.environment;
    const { cluster, database, redis } = this.foundation;
    new LoadBalancerAlarms(this, 'load-balancer-alarms', {
      topic,
      loadBalancerSuffix: this.edge.loadBalancer.arnSuffix,
      serverErrorPercent: alarms.serverErrorPercent,
    });
    new DatabaseAlarms(this, 'database-alarms', {
      topic,
      identifier: database.identifier,
      cpuPercent: alarms.databaseCpuPercent,
      freeStorageGib: alarms.databaseFreeStorageGib,
      freeMemoryMib: alarms.databaseFreeMemoryMib,
      connectionLimit: database.connectionLimit,
      connectionPercent: alarms.databaseConnectionPercent,
    });
    if (redis !== undefined && redisSettings !== undefined) {
      const { replicationGroupId } = redis;
      const { nodeCount } = redisSettings;
      new RedisAlarms(this, 'redis-alarms', { ...alarms, topic, replicationGroupId, nodeCount });
    }
    new EventRules(this, 'events', {
      topic,
      clusterName: cluster.name,
      clusterArn: cluster.arn,
      databaseIdentifier: database.identifier,
    });
  }

  private makeDashboard(services: readonly HttpService[]): Dashboard {
    const { region, edge } = this.environment;
    const { cluster, database, redis } = this.foundation;
    const alarms = this.node.findAll().filter((construct) => construct instanceof MetricAlarm);
    return new Dashboard(this, 'dashboard', {
      name: this.prefix,
      region,
      alarmArns: alarms.map(({ arn }) => arn),
      stations: stationsOf({
        loadBalancerSuffix: this.edge.loadBalancer.arnSuffix,
        firewallName: edge.waf === undefined ? undefined : this.prefix,
        region,
        clusterName: cluster.name,
        services,
        databaseIdentifier: database.identifier,
        redisId: redis?.replicationGroupId,
      }),
    });
  }

  private makeOutputs(dashboard: Dashboard): void {
    const { loadBalancer, url, mlflowHost } = this.edge;
    const outputs: Record<string, string> = {
      alb_dns_name: loadBalancer.dnsName,
      alb_zone_id: loadBalancer.zoneId,
      api_url: url,
      health_url: `${url}/health`,
      mlflow_tracking_uri: `${url}/api/mlflow`,
      ...(mlflowHost === undefined ? {} : { mlflow_ui_url: `https://${mlflowHost}` }),
      alarm_topic_arn: this.topic.arn,
      dashboard_url: dashboard.url,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }

  /** What all services stand on. */
  private platform(): ServicePlatform {
    const { network, cluster, namespace, key, secrets } = this.foundation;
    return {
      environment: this.environment,
      accountId: this.accountId,
      vpcId: network.vpcId,
      taskSubnetIds: network.taskSubnetIds,
      assignsPublicIp: network.assignsPublicIp,
      cluster,
      namespaceId: namespace.id,
      keyArn: key.arn,
      secretArnOf: (name) => secrets.arnOf(name),
      artifacts: this.storage.artifacts,
      loadBalancer: this.edge.loadBalancer,
      topic: this.topic,
    };
  }

  /** What their plain settings are made from. */
  private context(): ServiceContext {
    const { database, network, redis } = this.foundation;
    return {
      environment: this.environment,
      databaseHost: database.host,
      databasePort: String(database.port),
      artifactBucketName: this.storage.artifacts.bucketName,
      loadBalancerNetworks: network.publicNetworks,
      redisUrl: redis?.url,
    };
  }
}
