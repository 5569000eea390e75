import type { Service } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** A target group of a service and what the load balancer thinks of its targets. */
export interface ServiceTargets {
  readonly group: TargetGroup;
  readonly targets: readonly TargetHealthDescription[];
}

/** None for a service that is not behind the load balancer. */
export async function readTargets(
  loadBalancing: ElasticLoadBalancingV2Client,
  service: Service,
): Promise<readonly ServiceTargets[]> {
  const arns = (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  return Promise.all(arns.map((arn) => readGroup(loadBalancing, arn)));
}

async function readGroup(loadBalancing: ElasticLoadBalancingV2Client, arn: string): Promise<ServiceTargets> {
  const [groups, health] = await Promise.all([
    loadBalancing.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
    loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
  ]);
  const group = groups.TargetGroups?.[0] ?? { TargetGroupArn: arn };
  return { group, targets: health.TargetHealthDescriptions ?? [] };
}
