import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface AutoscalingProps {
  readonly clusterName: string;
  readonly serviceName: string;
  /** The ECS service, which must exist first. */
  readonly service: ITerraformDependable;
  readonly minCount: number;
  readonly maxCount: number;
  /** Tasks are added above these averages and removed well below them. */
  readonly targetCpuPercent: number;
  readonly targetMemoryPercent: number;
  /** @default 60 */
  readonly scaleOutCooldownSeconds?: number;
  /** Slow, so that a pause between two batches does not stop tasks that are needed again. @default 300 */
  readonly scaleInCooldownSeconds?: number;
}

/** Keeps a service's average CPU and memory near a target by the number of its tasks. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const target = new AppautoscalingTarget(this, 'target', {
      serviceNamespace: 'ecs',
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: props.minCount,
      maxCapacity: props.maxCount,
      dependsOn: [props.service],
    });
    const policies = [
      { name: 'cpu', metric: 'ECSServiceAverageCPUUtilization', percent: props.targetCpuPercent },
      { name: 'memory', metric: 'ECSServiceAverageMemoryUtilization', percent: props.targetMemoryPercent },
    ];
    for (const { name, metric, percent } of policies) {
      new AppautoscalingPolicy(this, name, {
        name: `${props.serviceName}-${name}`,
        policyType: 'TargetTrackingScaling',
        serviceNamespace: target.serviceNamespace,
        resourceId: target.resourceId,
        scalableDimension: target.scalableDimension,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: metric },
          targetValue: percent,
          scaleOutCooldown: props.scaleOutCooldownSeconds ?? 60,
          scaleInCooldown: props.scaleInCooldownSeconds ?? 300,
        },
      });
    }
  }
}
