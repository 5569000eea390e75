import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../constructs/alarm-topic';
import { ApplicationAlarms } from '../constructs/application-alarms';
import { Autoscaling } from '../constructs/autoscaling';
import { CountVariable } from '../constructs/count-variable';
import { FargateService } from '../constructs/fargate-service';
import type { LoadBalancer } from '../constructs/load-balancer';
import { ServiceAlarms } from '../constructs/service-alarms';
import { ServiceDiscovery } from '../constructs/service-discovery';
import { TargetAlarms } from '../constructs/target-alarms';
import { TargetGroup } from '../constructs/target-group';
import { TaskDefinition } from '../constructs/task-definition';
import { TaskRoles } from '../constructs/task-roles';
import { prefixOf, type Environment } from '../environments';
import {
  countVariableOf,
  sizeOf,
  type SecretName,
  type ServiceDefinition,
  type TaskSize,
} from '../services/service-definition';
import { PathRoute } from '../constructs/path-route';

/** What all services of an environment stand on. */
export interface ServicePlatform {
  readonly environment: Environment;
  readonly accountId: string;
  readonly vpcId: string;
  readonly taskSubnetIds: string[];
  readonly assignsPublicIp: boolean;
  readonly cluster: { readonly arn: string; readonly name: string };
  readonly namespaceId: string;
  /** KMS key of secrets and logs. */
  readonly keyArn: string;
  readonly secretArnOf: (name: SecretName) => string;
  readonly artifacts: { readonly bucketArn: string; readonly keyArn: string | undefined };
  readonly loadBalancer: LoadBalancer;
  readonly topic: AlarmTopic;
}

/** Where the load balancer sends requests for a service, and the rule that says which. */
export interface ServiceTarget {
  readonly targetGroup: TargetGroup;
  readonly rule: ITerraformDependable;
}

export interface HttpServiceProps {
  readonly definition: ServiceDefinition;
  readonly platform: ServicePlatform;
  /** `<repository>@sha256:…` */
  readonly image: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly securityGroupId: string;
  /** Place of its public routes among those of all services. */
  readonly priority: number;
  /** A way in that is not a public route. @default the one of `definition.publicRoutes`, if any */
  readonly target?: ServiceTarget;
}

/** All AWS resources of a service, made from its definition. */
export class HttpService extends Construct {
  /** CloudWatch namespace of its metric lines; undefined for a program that writes none. */
  readonly metricsNamespace: string | undefined;
  readonly targetGroup: TargetGroup | undefined;
  readonly name: string;
  readonly logGroupName: string;
  private readonly fullName: string;
  private readonly size: TaskSize;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HttpServiceProps,
  ) {
    super(scope, id);
    const { definition, platform, settings } = props;
    this.name = definition.name;
    this.fullName = `${prefixOf(platform.environment)}-${this.name}`;
    this.logGroupName = `/ecs/${prefixOf(platform.environment)}/${this.name}`;
    this.size = sizeOf(definition, platform.environment);
    this.metricsNamespace = settings['METRICS_EMF_NAMESPACE'];

    const target = props.target ?? this.publicTarget();
    this.targetGroup = target?.targetGroup;
    const count = this.count();
    const logGroup = this.logGroup();
    const roles = this.roles(logGroup);
    const task = this.task(roles, logGroup);
    const alarmNames = this.alarms(target, count);
    const service = this.service(task, count, alarmNames, target, roles);
    if (this.isAutoscaled) this.autoscaling(service, count);
  }

  private get isAutoscaled(): boolean {
    return this.props.definition.isAutoscaled ?? true;
  }

  private publicTarget(): ServiceTarget | undefined {
    const { definition, platform, priority } = this.props;
    if (definition.publicRoutes === undefined) return undefined;
    const { paths, healthPath } = definition.publicRoutes;
    const { health, shutdown } = platform.environment;
    const targetGroup = new TargetGroup(this, 'target', {
      name: this.fullName,
      vpcId: platform.vpcId,
      port: definition.port,
      healthCheck: { path: healthPath, ...health.loadBalancer },
      deregistrationDelaySeconds: shutdown.deregistrationDelaySeconds,
    });
    const { rule } = new PathRoute(this, 'route', {
      listenerArn: platform.loadBalancer.listenerArn,
      targetGroupArn: targetGroup.arn,
      paths,
      priority,
    });
    return { targetGroup, rule };
  }

  private count(): number {
    const { minCount, maxCount } = this.size;
    return new CountVariable(TerraformStack.of(this), countVariableOf(this.props.definition), {
      description: this.isAutoscaled ? `Least number of ${this.name} tasks` : `Number of ${this.name} tasks`,
      defaultCount: minCount,
      ...(this.isAutoscaled ? { maxCount } : {}),
    }).numberValue;
  }

  private logGroup(): CloudwatchLogGroup {
    const { environment, keyArn } = this.props.platform;
    return new CloudwatchLogGroup(this, 'log', {
      name: this.logGroupName,
      retentionInDays: environment.logRetentionDays,
      kmsKeyId: keyArn,
    });
  }

  private roles(logGroup: CloudwatchLogGroup): TaskRoles {
    const { definition, platform } = this.props;
    const { environment, accountId, secretArnOf } = platform;
    const { region } = environment;
    const secretNames = new Set(Object.values(definition.secrets).map(({ secret }) => secret));
    return new TaskRoles(this, 'roles', {
      name: this.fullName,
      accountId,
      region,
      repositoryArn: `arn:aws:ecr:${region}:${accountId}:repository/${prefixOf(environment)}/${this.name}`,
      logGroupArn: logGroup.arn,
      secretArns: [...secretNames].map(secretArnOf),
      secretsKeyArn: platform.keyArn,
      ...(definition.usesArtifacts === true ? { artifacts: platform.artifacts } : {}),
    });
  }

  private task(roles: TaskRoles, logGroup: CloudwatchLogGroup): TaskDefinition {
    const { definition, platform, image, settings } = this.props;
    const { health, shutdown, tasks, region } = platform.environment;
    const secrets = Object.entries(definition.secrets).map(([name, { secret, field }]) => [
      name,
      `${platform.secretArnOf(secret)}:${field}::`,
    ]);
    return new TaskDefinition(this, 'task', {
      family: this.fullName,
      containerName: this.name,
      image,
      port: definition.port,
      cpu: this.size.cpu,
      memoryMib: this.size.memoryMib,
      architecture: tasks.architecture,
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      environment: settings,
      secrets: Object.fromEntries(secrets) as Record<string, string>,
      healthCheck: { command: definition.healthCommand, ...health.container },
      stopTimeoutSeconds: shutdown.stopTimeoutSeconds,
      logGroupName: logGroup.name,
      region,
    });
  }

  /** @returns the names of those that roll a deployment back */
  private alarms(target: ServiceTarget | undefined, count: number): string[] {
    const { topic, cluster, environment, loadBalancer } = this.props.platform;
    const { alarms } = environment;
    const serviceName = this.name;
    const { memory } = new ServiceAlarms(this, 'alarms', {
      topic,
      serviceName,
      clusterName: cluster.name,
      ...alarms,
    });
    const rollBack = [memory];
    if (target !== undefined) {
      const { serverErrors } = new TargetAlarms(this, 'target-alarms', {
        ...alarms,
        topic,
        serviceName,
        loadBalancerSuffix: loadBalancer.arnSuffix,
        targetGroupSuffix: target.targetGroup.arnSuffix,
        minHealthyHosts: count,
      });
      rollBack.push(serverErrors);
    }
    if (this.metricsNamespace !== undefined) {
      const { serverErrors } = new ApplicationAlarms(this, 'application-alarms', {
        topic,
        serviceName,
        namespace: this.metricsNamespace,
        serverErrorCount: alarms.serverErrorCount,
      });
      rollBack.push(serverErrors);
    }
    return rollBack.map(({ alarmName }) => alarmName);
  }

  private service(
    task: TaskDefinition,
    desiredCount: number,
    rollBackAlarmNames: string[],
    target: ServiceTarget | undefined,
    roles: TaskRoles,
  ): FargateService {
    const { definition, platform, securityGroupId } = this.props;
    const { tasks, health } = platform.environment;
    const discovery = new ServiceDiscovery(this, 'discovery', {
      name: this.name,
      namespaceId: platform.namespaceId,
    });
    return new FargateService(this, 'service', {
      name: this.name,
      clusterArn: platform.cluster.arn,
      taskDefinitionArn: task.arn,
      desiredCount,
      isAutoscaled: this.isAutoscaled,
      capacity: tasks.capacity,
      subnetIds: platform.taskSubnetIds,
      securityGroupId,
      assignsPublicIp: platform.assignsPublicIp,
      discoveryArn: discovery.arn,
      rollBackAlarmNames,
      ...(target === undefined
        ? {}
        : {
            target: {
              targetGroupArn: target.targetGroup.arn,
              containerName: this.name,
              containerPort: definition.port,
              gracePeriodSeconds: health.gracePeriodSeconds,
            },
          }),
      dependsOn: [roles.executionPolicy, ...(target === undefined ? [] : [target.rule])],
    });
  }

  private autoscaling({ service }: FargateService, minCount: number): void {
    const { cluster, environment } = this.props.platform;
    new Autoscaling(this, 'autoscaling', {
      clusterName: cluster.name,
      serviceName: this.name,
      service,
      minCount,
      maxCount: this.size.maxCount,
      targetCpuPercent: environment.tasks.targetCpuPercent,
      targetMemoryPercent: environment.tasks.targetMemoryPercent,
    });
  }
}
