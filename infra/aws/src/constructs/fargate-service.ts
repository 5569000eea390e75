import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface FargateServiceProps {
  /** `api` */
  readonly name: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  /** Autoscaling changes the count later, and Terraform leaves it alone. */
  readonly isAutoscaled: boolean;
  readonly capacity: 'FARGATE' | 'FARGATE_SPOT';
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly assignsPublicIp: boolean;
  /** Cloud Map service that gets the address of each task. */
  readonly discoveryArn: string;
  /** A deployment that sets one of these off is rolled back. */
  readonly rollBackAlarmNames: string[];
  /** @default not behind the load balancer */
  readonly target?: {
    readonly targetGroupArn: string;
    readonly containerName: string;
    readonly containerPort: number;
    /** After a start: how long a failing target does not count against the task. */
    readonly gracePeriodSeconds: number;
  };
  readonly dependsOn: ITerraformDependable[];
}

/** Tasks on Fargate that are replaced one by one, and put back when the new ones do not work. */
export class FargateService extends Construct {
  readonly service: EcsService;

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    this.service = new EcsService(this, 'service', {
      name: props.name,
      cluster: props.clusterArn,
      taskDefinition: props.taskDefinitionArn,
      desiredCount: props.desiredCount,
      platformVersion: 'LATEST',
      capacityProviderStrategy: [{ capacityProvider: props.capacity, weight: 1 }],
      networkConfiguration: {
        subnets: props.subnetIds,
        securityGroups: [props.securityGroupId],
        assignPublicIp: props.assignsPublicIp,
      },
      serviceRegistries: { registryArn: props.discoveryArn },
      ...deployment(props.rollBackAlarmNames),
      ...behindLoadBalancer(props.target),
      propagateTags: 'SERVICE',
      enableEcsManagedTags: true,
      // A shell would need a writable root file system, and rights that no task has.
      enableExecuteCommand: false,
      // Terraform 5.100 would report a roll-back as success: "tidegate verify" waits and tells them apart.
      waitForSteadyState: false,
      lifecycle: props.isAutoscaled ? { ignoreChanges: ['desired_count'] } : undefined,
      dependsOn: props.dependsOn,
    });
  }
}

function deployment(alarmNames: string[]) {
  return {
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    availabilityZoneRebalancing: 'ENABLED',
    deploymentCircuitBreaker: { enable: true, rollback: true },
    alarms: { enable: true, rollback: true, alarmNames },
  };
}

function behindLoadBalancer(target: FargateServiceProps['target']) {
  if (target === undefined) return {};
  const { gracePeriodSeconds, ...loadBalancer } = target;
  return { healthCheckGracePeriodSeconds: gracePeriodSeconds, loadBalancer: [loadBalancer] };
}
