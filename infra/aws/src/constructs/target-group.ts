import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';

export interface TargetHealthCheck {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface TargetGroupProps {
  /** `tidegate-dev-api`, 32 characters at most */
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  readonly healthCheck: TargetHealthCheck;
  /** How long requests may finish after a task is taken out. */
  readonly deregistrationDelaySeconds: number;
}

/** The tasks of a service as the load balancer sees them: addresses, reached by HTTP inside the VPC. */
export class TargetGroup extends Construct {
  readonly arn: string;
  /** `targetgroup/…`, which the metrics use. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const { healthCheck } = props;
    const group = new LbTargetGroup(this, 'group', {
      name: props.name,
      vpcId: props.vpcId,
      targetType: 'ip',
      protocol: 'HTTP',
      port: props.port,
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      // A batch of slow predictions must not queue behind another on one task.
      loadBalancingAlgorithmType: 'least_outstanding_requests',
      healthCheck: {
        enabled: true,
        protocol: 'HTTP',
        path: healthCheck.path,
        matcher: '200',
        interval: healthCheck.intervalSeconds,
        timeout: healthCheck.timeoutSeconds,
        healthyThreshold: healthCheck.healthyThreshold,
        unhealthyThreshold: healthCheck.unhealthyThreshold,
      },
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
  }
}
