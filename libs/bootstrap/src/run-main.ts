import { ConfigError } from '@tidegate/config';
import type { RunningService } from './start-service';

/**
 * Runs a service as this process: starts it, stops it in order on SIGTERM or SIGINT, and sets the exit code
 * (0 stopped in order, 1 anything else). A second signal ends the process at once.
 */
export async function runMain(start: () => Promise<RunningService>): Promise<void> {
  try {
    const service = await start();
    stopOnSignals(service);
    exitOnBugs(service);
  } catch (error) {
    const text =
      error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}

function stopOnSignals(service: RunningService): void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) process.exit(1);
    service.shutdown(signal).then(
      (isClosed) => process.exit(isClosed ? 0 : 1),
      (error: unknown) => {
        service.logger.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** After an unexpected error the state is unknown: say so and let the orchestrator start a fresh process. */
function exitOnBugs(service: RunningService): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      service.logger.fatal({ err: error, event }, 'unexpected error: the process ends');
      process.exit(1);
    });
  }
}
