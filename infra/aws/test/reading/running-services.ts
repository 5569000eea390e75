import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  type ContainerDefinition,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Account } from '../deployment/account';

export interface RunningService {
  readonly name: string;
  readonly service: Service;
  readonly task: TaskDefinition;
  /** The one container of its tasks. */
  readonly container: ContainerDefinition;
}

/** The services of the one cluster, by name. */
export async function readServices({ ecs }: Account): Promise<RunningService[]> {
  const { clusterArns: [cluster] = [] } = await ecs.send(new ListClustersCommand({}));
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  if (serviceArns.length === 0) return [];
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster, services: serviceArns, include: ['TAGS'] }),
  );
  // A deleted one is known for a while.
  const active = services.filter(({ status }) => status === 'ACTIVE');
  const running = await Promise.all(active.map((service) => withTask(ecs, service)));
  return running.sort((one, other) => one.name.localeCompare(other.name));
}

async function withTask(ecs: Account['ecs'], service: Service): Promise<RunningService> {
  const name = service.serviceName ?? '';
  const task = await readTask(ecs, service.taskDefinition);
  const [container, ...others] = task.containerDefinitions ?? [];
  if (container === undefined || others.length > 0)
    throw new Error(`Service ${name} has ${others.length + 1} containers, expected 1.`);
  return { name, service, task, container };
}

/** @param name family (its newest revision) or ARN */
export async function readTask(ecs: Account['ecs'], name: string | undefined): Promise<TaskDefinition> {
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }));
  if (taskDefinition === undefined) throw new Error(`There is no task definition ${name}.`);
  return taskDefinition;
}
