import { lookPatiently } from '../aws-patience';
import { ExitCode } from '../exit-code';
import type { StatusCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { StatusReader } from './read-status';
import type { ServiceStatus } from './service-status';
import { statusLines } from './status-text';

/** For how long a watch puts up with an AWS that does not answer. */
const WATCH_PATIENCE_MS = 60_000;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `tidegate status`: 2 when a service is not healthy. With `--watch` it never returns. */
export async function status(command: StatusCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service, watchIntervalMs } = command;
  const reader = new StatusReader(installation);
  context.note(`Looking at services, tasks and targets of ${installation.prefix} …`);
  // Who waits for the first look can repeat it.
  let patienceMs = 0;
  for (;;) {
    const patience = { region: installation.region, patienceMs };
    const services = await lookPatiently(() => reader.read(service), patience, context);
    show(services, command, context);
    if (watchIntervalMs === undefined)
      return services.some(({ state }) => state === 'unhealthy') ? ExitCode.finding : ExitCode.ok;
    patienceMs = WATCH_PATIENCE_MS;
    await context.sleep(watchIntervalMs);
  }
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
