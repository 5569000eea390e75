import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ExitCode } from '../exit-code';
import type { StatusCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { readService, readServices } from '../services/read-services';
import { observeService, type ObservationClients } from '../services/service-observation';
import { serviceStatus, type ServiceStatus } from './service-status';
import { statusLines } from './status-text';

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `tidegate status`: 2 when a service is not healthy. With `--watch` it never returns. */
export async function status(command: StatusCommand, context: OperationsContext): Promise<ExitCode> {
  const { region } = command.installation;
  const clients = {
    ecs: new ECSClient({ region }),
    ecr: new ECRClient({ region }),
    loadBalancing: new ElasticLoadBalancingV2Client({ region }),
  };
  for (;;) {
    const services = await readStatus(clients, command);
    show(services, command, context);
    if (command.watchIntervalMs === undefined)
      return services.some(({ state }) => state === 'unhealthy') ? ExitCode.finding : ExitCode.ok;
    await context.sleep(command.watchIntervalMs);
  }
}

async function readStatus(
  clients: ObservationClients,
  { installation, service: name }: StatusCommand,
): Promise<readonly ServiceStatus[]> {
  const services =
    name === undefined
      ? await readServices(clients.ecs, installation)
      : [await readService(clients.ecs, installation, name)];
  const observations = services.map((service) => observeService(clients, installation.prefix, service));
  return (await Promise.all(observations)).map(serviceStatus);
}

function show(
  services: readonly ServiceStatus[],
  { installation, isJson, watchIntervalMs }: StatusCommand,
  { clock, print, paint }: OperationsContext,
): void {
  const isWatching = watchIntervalMs !== undefined;
  const nowMs = clock.nowMs();
  if (isJson) {
    const at = new Date(nowMs).toISOString();
    const { environment, region } = installation;
    // One document a line while watching, so that a program can read each as it comes.
    return print(JSON.stringify({ environment, region, at, services }, null, isWatching ? 0 : 2));
  }
  if (isWatching && paint.isColoured) print(CLEAR_SCREEN);
  print(paint.faint(`${installation.prefix} in ${installation.region}, ${new Date(nowMs).toISOString()}`));
  for (const line of statusLines(services, nowMs, paint)) print(line);
}
