import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';

const ECS_COUNT = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** Between which numbers autoscaling keeps the tasks of a service. */
export interface ScalingLimits {
  readonly least: number;
  readonly most: number;
}

/** Undefined for a service that is not autoscaled. */
export async function readLimits(
  scaling: ApplicationAutoScalingClient,
  cluster: string,
  service: string,
): Promise<ScalingLimits | undefined> {
  const { ScalableTargets: [target] = [] } = await scaling.send(
    new DescribeScalableTargetsCommand({ ...ECS_COUNT, ResourceIds: [`service/${cluster}/${service}`] }),
  );
  return target === undefined ? undefined : { least: target.MinCapacity ?? 0, most: target.MaxCapacity ?? 0 };
}

/** The limits that let a number be; the same ones when they do already. */
export function widened({ least, most }: ScalingLimits, count: number): ScalingLimits {
  return { least: Math.min(least, count), most: Math.max(most, count) };
}

export async function setLimits(
  scaling: ApplicationAutoScalingClient,
  cluster: string,
  service: string,
  { least, most }: ScalingLimits,
): Promise<void> {
  await scaling.send(
    new RegisterScalableTargetCommand({
      ...ECS_COUNT,
      ResourceId: `service/${cluster}/${service}`,
      MinCapacity: least,
      MaxCapacity: most,
    }),
  );
}
