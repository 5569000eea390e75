import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  paginateListServices,
  type ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import type { Installation } from '../installation';

/** As many as one DescribeServices takes. */
const BATCH = 10;

/**
 * The services of an installation, by name.
 *
 * @throws CommandError when nothing is deployed
 */
export async function readServices(ecs: ECSClient, installation: Installation): Promise<readonly Service[]> {
  const { prefix, region, environment } = installation;
  const arns = await serviceArns(ecs, installation);
  const services: Service[] = [];
  for (let first = 0; first < arns.length; first += BATCH) {
    const batch = arns.slice(first, first + BATCH);
    const answer = await ecs.send(new DescribeServicesCommand({ cluster: prefix, services: batch }));
    services.push(...(answer.services ?? []));
  }
  // A deleted one is known for a while.
  const active = services.filter(({ status }) => status !== 'INACTIVE');
  if (active.length === 0)
    throw new CommandError(
      `No service is deployed in ${prefix} (${region}): expected those of the stack ${environment}-services. Deploy it first.`,
    );
  return active.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

/**
 * One service of an installation.
 *
 * @throws CommandError when it is not there
 */
export async function readService(
  ecs: ECSClient,
  installation: Installation,
  name: string,
): Promise<Service> {
  const services = await readServices(ecs, installation);
  const service = services.find((candidate) => candidate.serviceName === name);
  if (service !== undefined) return service;
  throw new CommandError(
    `There is no service "${name}" in ${installation.prefix}: expected one of ${services.map(nameOf).join(', ')}.`,
  );
}

export function nameOf({ serviceName = '' }: Service): string {
  return serviceName;
}

async function serviceArns(ecs: ECSClient, { prefix, region }: Installation): Promise<string[]> {
  try {
    const arns: string[] = [];
    for await (const page of paginateListServices({ client: ecs }, { cluster: prefix }))
      arns.push(...(page.serviceArns ?? []));
    return arns;
  } catch (error) {
    if (!(error instanceof ClusterNotFoundException)) throw error;
    throw new CommandError(
      `There is no ECS cluster ${prefix} in ${region}, so nothing is deployed there. ` +
        'If it is in another region or of another project, say so with --region or --project.',
    );
  }
}
