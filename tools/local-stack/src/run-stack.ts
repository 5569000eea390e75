import { mkdirSync, rmSync } from 'node:fs';
import { LocalPartError } from '@tidegate/local-parts';
import { checkPorts } from './check-ports';
import type { HostConfig } from './host.config';
import { endLeftovers } from './leftovers';
import type { StackOptions } from './options';
import { writePrivateFile } from './private-file';
import { Progress } from './progress';
import { ensureSecrets } from './secrets';
import type { StackContext } from './stack-context';
import { StackError } from './stack-error';
import { formatStackFile } from './stack-file';
import { StackLock } from './stack-lock';
import { stackPaths, type StackPaths } from './stack-paths';
import { stackFileOf, stackReport } from './stack-report';
import { startStack } from './start-stack';
import { listenForStop, type StopRequest } from './stop-request';
import { Supervisor } from './supervisor';

export interface RunOptions {
  readonly workspaceRoot: string;
  readonly options: StackOptions;
  readonly host: HostConfig;
  readonly print: (line: string) => void;
  /** Ends this process at once. */
  readonly exit: (code: number) => void;
}

const EXIT_FAILED = 1;
// What shells say of a program that Ctrl-C ended before it did its work.
const EXIT_INTERRUPTED = 130;

/**
 * Runs the local stack until it is asked to stop.
 *
 * @returns the exit code; nothing of the stack runs any more
 */
export async function runStack({ workspaceRoot, options, host, print, exit }: RunOptions): Promise<number> {
  const paths = stackPaths(workspaceRoot, options.dataDir);
  mkdirSync(paths.dataDir, { recursive: true });
  const { lock, leftovers } = StackLock.acquire(paths.lockFile);
  const supervisor = new Supervisor(lock, print);
  const end = (): void => removeTraces(paths, lock);
  const stop = listenForStop({
    onImpatience: () => {
      print('Ending everything at once.');
      void supervisor.killAll().finally(() => {
        end();
        exit(EXIT_FAILED);
      });
    },
  });
  void stop.requested.then(() => print('\nStopping; a second Ctrl-C ends everything at once.'));
  void stop.requested.then(() => supervisor.stopTasks());
  try {
    const progress = new Progress(print);
    // A killed run leaves its own behind.
    rmSync(paths.stackFile, { force: true });
    await endLeftovers(leftovers, (line) => progress.line(line));
    for (const { pid } of leftovers) lock.forget(pid);
    await checkPorts(options, host.databaseUrl === undefined);
    const secrets = ensureSecrets(paths.secretsFile);
    await serve(
      { options, host, paths, secrets, supervisor, progress, stopSignal: stop.signal },
      stop,
      print,
    );
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return EXIT_INTERRUPTED;
    print(`\n✗ ${describeFailure(error)}`);
    return EXIT_FAILED;
  } finally {
    await supervisor.stopAll();
    end();
    print('Stopped.');
  }
}

async function serve(context: StackContext, stop: StopRequest, print: (line: string) => void): Promise<void> {
  const { paths } = context;
  const started = await startStack(context);
  const stack = stackFileOf(context, started);
  writePrivateFile(paths.stackFile, formatStackFile(stack));
  print(await stackReport(context, stack, started.python));
  await stop.requested;
}

function removeTraces(paths: StackPaths, lock: StackLock): void {
  rmSync(paths.stackFile, { force: true });
  lock.release();
}

/** An expected failure explains itself; anything else is a bug, whose place is worth knowing. */
function describeFailure(error: unknown): string {
  if (error instanceof StackError || error instanceof LocalPartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
