import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import { Construct } from 'constructs';

export interface ClusterProps {
  /** Also its name. */
  readonly prefix: string;
  /** Where tasks run that do not choose for themselves. */
  readonly capacity: 'FARGATE' | 'FARGATE_SPOT';
  readonly keyArn: string;
  readonly logRetentionDays: number;
  /** Metrics of services and tasks, billed one by one. */
  readonly hasContainerInsights: boolean;
}

/** ECS on Fargate. */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const sessions = new CloudwatchLogGroup(this, 'sessions', {
      name: `/ecs/${props.prefix}/exec`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    // Container Insights would make this group by itself, and keep it for ever.
    const insights = new CloudwatchLogGroup(this, 'insights', {
      name: `/aws/ecs/containerinsights/${props.prefix}/performance`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const cluster = new EcsCluster(this, 'cluster', {
      name: props.prefix,
      setting: [{ name: 'containerInsights', value: props.hasContainerInsights ? 'enabled' : 'disabled' }],
      // No service allows a shell in a container; if somebody turns it on, what they type is kept.
      configuration: {
        executeCommandConfiguration: {
          kmsKeyId: props.keyArn,
          logging: 'OVERRIDE',
          logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: sessions.name },
        },
      },
      dependsOn: [insights],
    });
    new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: props.capacity, weight: 1 }],
    });
    this.arn = cluster.arn;
    this.name = cluster.name;
  }
}
