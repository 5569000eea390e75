import type { ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type Service,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { readImage, type ImageVersion } from './read-image';
import { readTargets, type ServiceTargets } from './read-targets';
import { nameOf } from './read-services';
import { readTasks } from './read-tasks';

/** A service as AWS describes it at one moment. */
export interface ServiceObservation {
  readonly service: Service;
  readonly definition: TaskDefinition;
  readonly image: ImageVersion;
  /** Those that are to run. */
  readonly tasks: readonly Task[];
  readonly targets: readonly ServiceTargets[];
}

export interface ObservationClients {
  readonly ecs: ECSClient;
  readonly ecr: ECRClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

export async function observeService(
  { ecs, ecr, loadBalancing }: ObservationClients,
  cluster: string,
  service: Service,
): Promise<ServiceObservation> {
  const [definition, tasks, targets] = await Promise.all([
    readDefinition(ecs, service.taskDefinition),
    readTasks(ecs, cluster, nameOf(service), 'RUNNING'),
    readTargets(loadBalancing, service),
  ]);
  return { service, definition, tasks, targets, image: await readImage(ecr, definition) };
}

/** @param name ARN, `family:revision`, or a family for its newest revision */
export async function readDefinition(ecs: ECSClient, name: string | undefined): Promise<TaskDefinition> {
  const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }));
  return answer.taskDefinition ?? {};
}

/** `tidegate-dev-api:7` of an ARN. */
export function revisionNameOf(taskDefinitionArn: string | undefined): string {
  return taskDefinitionArn?.split('/').at(-1) ?? '';
}
