import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { launchCommand, type Account } from './launch-command';
import { LocalPartError } from './local-part-error';
import { lastLogLines, openProcessLog } from './process-log';

const POLL_MS = 20;
const DEFAULT_STOP_SIGNAL = 'SIGTERM';
const DEFAULT_GRACE_MS = 10_000;
const KILL_WAIT_MS = 5_000;
const TAIL_LINES = 20;

export interface ProcessSpec {
  /** How messages call it, for example `MLflow`. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment of the child; {@link hostEnvironment} is a starting point. */
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Receives stdout and stderr. */
  logFile: string;
  /** Asks it to end; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to end before SIGKILL; default 10 s. */
  graceMs?: number;
  /** Runs it under another account; only root may. */
  account?: Account;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves once when it ended, whoever ended it; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Set once it ended. */
  readonly exit: ProcessExit | undefined;
  /** The end of this start's output; default 20 lines. */
  lastLines(count?: number): string;
  /**
   * Ends it and everything it started: the stop signal to its process group, SIGKILL after the grace time.
   * Returns when nothing of the group is left; may be called again, and after it died by itself.
   */
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<void>;
}

/**
 * Starts a child in a process group of its own, so that Ctrl-C in a terminal reaches only us and we decide the
 * order in which parts end. The output goes to the log file directly, not through us.
 *
 * @throws LocalPartError `START_FAILED` when the program cannot be started at all
 */
export async function startProcess(spec: ProcessSpec): Promise<ManagedProcess> {
  const logFd = openProcessLog(spec.logFile);
  try {
    const { command, args, ...ids } = launchCommand(spec.command, spec.args, {
      account: spec.account,
      parentDeathSignal: spec.stopSignal ?? DEFAULT_STOP_SIGNAL,
    });
    const stdio: StdioOptions = ['ignore', logFd, logFd];
    const child = spawn(command, args, { cwd: spec.cwd, env: spec.env, detached: true, stdio, ...ids });
    return managedProcess(spec, child, await pidOf(child, spec));
  } finally {
    closeSync(logFd);
  }
}

/**
 * Waits until `probe` says yes.
 *
 * @throws LocalPartError `START_FAILED` with the last log lines when the process ends first or `timeoutMs` pass;
 *   the process is stopped then
 */
export async function waitUntilReady(
  process: ManagedProcess,
  probe: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (process.exit === undefined && performance.now() < deadlineMs) {
    if (await probe()) return;
    await delay(POLL_MS);
  }
  const exit = process.exit;
  await process.stop();
  const what =
    exit === undefined ? `was not ready after ${timeoutMs / 1000} s` : `ended with ${describeExit(exit)}`;
  throw new LocalPartError(
    'START_FAILED',
    `${process.name} ${what}, it should be answering by now. Its last lines (all of them: ${process.logFile}):\n${process.lastLines()}`,
  );
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function pidOf(child: ChildProcess, spec: ProcessSpec): Promise<number> {
  if (child.pid !== undefined) return Promise.resolve(child.pid);
  return new Promise((_resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new LocalPartError(
          'START_FAILED',
          `${spec.name} could not be started from ${spec.command}: ${cause.message}. Check that this program exists and may be executed.`,
        ),
      ),
    );
  });
}

function managedProcess(spec: ProcessSpec, child: ChildProcess, pid: number): ManagedProcess {
  let exit: ProcessExit | undefined;
  let isGone = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      // Noted now: later the number could be the group of a stranger.
      isGone = !signalGroup(pid, 0);
      resolve(exit);
    });
  });
  const becomesGone = async (timeoutMs: number): Promise<boolean> => {
    const deadlineMs = performance.now() + timeoutMs;
    while (!isGone && performance.now() < deadlineMs) {
      await delay(POLL_MS);
      isGone = isGone || (exit !== undefined && !signalGroup(pid, 0));
    }
    return isGone;
  };
  return {
    name: spec.name,
    pid,
    logFile: spec.logFile,
    exited,
    get exit() {
      return exit;
    },
    lastLines: (count = TAIL_LINES) => lastLogLines(spec.logFile, count),
    stop: async ({
      signal = spec.stopSignal ?? DEFAULT_STOP_SIGNAL,
      graceMs = spec.graceMs ?? DEFAULT_GRACE_MS,
    } = {}) => {
      if (isGone) return;
      signalGroup(pid, signal);
      if (await becomesGone(graceMs)) return;
      signalGroup(pid, 'SIGKILL');
      await becomesGone(KILL_WAIT_MS);
    },
  };
}

/** Signals every process of the group; false when nothing of it is left. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    // EPERM: something is left that became another account's; only ESRCH means an empty group.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
