import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hostEnvironment, startProcess, waitUntilReady, type ManagedProcess } from '@tidegate/local-parts';
import type { CommandLine, Cores } from './cores';

const READY_MS = 30_000;
/** What this shell sets for Node, Python or a database is not part of the measurement. */
const DROPPED = ['NODE_', 'PYTHON', 'PG', 'DATABASE_', 'MLFLOW_', 'API_', 'LOG'];

export interface ServerSpec {
  readonly name: string;
  readonly command: CommandLine;
  /** Where it will listen, on 127.0.0.1. */
  readonly port: number;
  /** @default none besides those of this process */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it can be measured. @default when it takes connections */
  readonly isReady?: () => Promise<boolean>;
  /** How long that may take. @default 30 s */
  readonly readyMs?: number;
}

/** What a run needs besides what it measures: cores, a folder, and the servers it started, which end with it. */
export class Workbench {
  private readonly cleanUps: (() => Promise<void>)[] = [];
  private readonly programs = new Set<ManagedProcess>();

  private constructor(
    readonly cores: Cores,
    /** For files of this run; removed at its end. */
    readonly folder: string,
    /** For the progress of a long run. */
    readonly say: (line: string) => void,
  ) {}

  static async open(cores: Cores, say: (line: string) => void): Promise<Workbench> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-bench-'));
    const bench = new Workbench(cores, folder, say);
    bench.atEnd(() => rm(folder, { recursive: true, force: true }));
    return bench;
  }

  /** Starts a server and waits until it takes requests. */
  async start(spec: ServerSpec): Promise<ManagedProcess> {
    const [command, ...args] = spec.command;
    const server = await startProcess({
      name: spec.name,
      command,
      args,
      env: { ...hostEnvironment(DROPPED), ...spec.environment },
      cwd: this.folder,
      logFile: path.join(this.folder, `${spec.name}-${spec.port}.log`),
    });
    this.atEnd(() => server.stop());
    await waitUntilReady(
      server,
      spec.isReady ?? (() => takesConnections(spec.port)),
      spec.readyMs ?? READY_MS,
    );
    return server;
  }

  /**
   * Runs a program to its end, at most as long as said, and ends it with the bench.
   *
   * @returns what it printed
   */
  async run(name: string, [command, ...args]: CommandLine, timeoutMs: number): Promise<string> {
    const logFile = path.join(this.folder, `${name}-${randomUUID()}.log`);
    const program = await startProcess({
      name,
      command,
      args,
      env: hostEnvironment(),
      cwd: this.folder,
      logFile,
    });
    this.programs.add(program);
    const tooLate = new AbortController();
    await Promise.race([program.exited, wait(timeoutMs, undefined, { signal: tooLate.signal })]);
    tooLate.abort();
    await program.stop();
    this.programs.delete(program);
    const printed = await readFile(logFile, 'utf8');
    await rm(logFile, { force: true });
    return printed;
  }

  /** Runs when the bench is closed, last first. */
  atEnd(cleanUp: () => Promise<void>): void {
    this.cleanUps.push(cleanUp);
  }

  async close(): Promise<void> {
    await Promise.all([...this.programs].map((program) => program.stop()));
    for (let cleanUp = this.cleanUps.pop(); cleanUp !== undefined; cleanUp = this.cleanUps.pop()) {
      await cleanUp().catch((error: unknown) => this.say(`while cleaning up: ${String(error)}`));
    }
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
