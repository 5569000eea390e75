import {
  DescribeTasksCommand,
  paginateListClusters,
  paginateListTasks,
  type ECSClient,
} from '@aws-sdk/client-ecs';

/** As many as one DescribeTasks takes. */
const BATCH = 100;
export const UNITS_OF_A_PROCESSOR = 1024;

/** Processors that tasks of Fargate have, by cluster. */
export async function processorsInUse(ecs: ECSClient, isSpot: boolean): Promise<ReadonlyMap<string, number>> {
  const use = new Map<string, number>();
  for await (const { clusterArns = [] } of paginateListClusters({ client: ecs }, {}))
    for (const cluster of clusterArns)
      use.set(cluster.split('/').at(-1) ?? '', await processorsOf(ecs, cluster, isSpot));
  return use;
}

async function processorsOf(ecs: ECSClient, cluster: string, isSpot: boolean): Promise<number> {
  const arns: string[] = [];
  for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster }))
    arns.push(...taskArns);
  let units = 0;
  for (let first = 0; first < arns.length; first += BATCH) {
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster, tasks: arns.slice(first, first + BATCH) }),
    );
    for (const { cpu, launchType, capacityProviderName } of tasks)
      if (launchType !== 'EC2' && (capacityProviderName === 'FARGATE_SPOT') === isSpot)
        units += Number(cpu ?? 0);
  }
  return units / UNITS_OF_A_PROCESSOR;
}
