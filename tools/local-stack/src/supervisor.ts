import {
  describeExit,
  startProcess,
  type ManagedProcess,
  type ProcessExit,
  type ProcessSpec,
} from '@tidegate/local-parts';
import { StackError } from './stack-error';
import { SERVICE_NAMES, SERVICE_TITLES, type ServiceName } from './service-names';
import type { StackLock } from './stack-lock';

const LAST_LINES = 20;

/** Holds the children of the stack: tells when one died, and ends all of them in order. */
export class Supervisor {
  readonly #services = new Map<ServiceName, ManagedProcess>();
  readonly #tasks = new Set<ManagedProcess>();
  #isStopping = false;

  constructor(
    private readonly lock: Pick<StackLock, 'record' | 'forget'>,
    private readonly print: (line: string) => void,
  ) {}

  pidOf(service: ServiceName): number | undefined {
    return this.#services.get(service)?.pid;
  }

  /** Takes over a running child. When it ends on its own, that is said and it stays down: a restart would hide it. */
  watch(service: ServiceName, child: ManagedProcess, stopSignal: NodeJS.Signals = 'SIGTERM'): void {
    this.#services.set(service, child);
    this.lock.record(SERVICE_TITLES[service], child.pid, stopSignal);
    void child.exited.then((exit) => {
      if (!this.#isStopping) this.print(deathNotice(service, child, exit));
    });
  }

  /**
   * Runs a program that has an end.
   *
   * @throws StackError with its last lines when that is a failure
   */
  async runTask(spec: ProcessSpec): Promise<ManagedProcess> {
    const task = await startProcess(spec);
    this.#tasks.add(task);
    this.lock.record(spec.name, task.pid, spec.stopSignal ?? 'SIGTERM');
    const exit = await task.exited;
    this.#tasks.delete(task);
    this.lock.forget(task.pid);
    if (exit.code === 0) return task;
    throw new StackError(
      `${spec.name} failed with ${describeExit(exit)}. Its last lines (all of them: ${task.logFile}):\n${task.lastLines(LAST_LINES)}`,
    );
  }

  /** Ends everything, users before what they use; also what had died and left processes of its own behind. */
  async stopAll(): Promise<void> {
    this.#isStopping = true;
    await this.stopTasks();
    for (const service of SERVICE_NAMES) await this.#services.get(service)?.stop();
  }

  /** Ends programs that are under way: their step fails then. */
  async stopTasks(): Promise<void> {
    await Promise.all([...this.#tasks].map((task) => task.stop()));
  }

  /** Ends everything at once, without letting it finish. */
  async killAll(): Promise<void> {
    this.#isStopping = true;
    const children = [...this.#tasks, ...this.#services.values()];
    await Promise.all(children.map((child) => child.stop({ signal: 'SIGKILL' })));
  }
}

function deathNotice(service: ServiceName, child: ManagedProcess, exit: ProcessExit): string {
  return [
    '',
    `✗ ${SERVICE_TITLES[service]} (process ${child.pid}) ended with ${describeExit(exit)}. The others run on; it is not restarted:`,
    '  stop the stack with Ctrl-C and start it again when the cause is mended.',
    `  Its last lines (all of them: ${child.logFile}):`,
    ...child
      .lastLines(LAST_LINES)
      .split('\n')
      .map((line) => `  | ${line}`),
    '',
  ].join('\n');
}
