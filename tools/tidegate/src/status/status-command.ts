import { ExitCode } from '../exit-code';
import type { StatusCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { StatusReader } from './read-status';
import type { ServiceStatus } from './service-status';
import { statusLines } from './status-text';

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `tidegate status`: 2 when a service is not healthy. With `--watch` it never returns. */
export async function status(command: StatusCommand, context: OperationsContext): Promise<ExitCode> {
  const reader = new StatusReader(command.installation);
  for (;;) {
    const services = await reader.read(command.service);
    show(services, command, context);
    if (command.watchIntervalMs === undefined)
      return services.some(({ state }) => state === 'unhealthy') ? ExitCode.finding : ExitCode.ok;
    await context.sleep(command.watchIntervalMs);
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
