import { cpus } from 'node:os';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { findProgram } from './installed-programs';

/** A command line: the program and its arguments. */
export type CommandLine = readonly [command: string, ...args: string[]];

/** Which process runs where. */
export class Cores {
  private constructor(
    private readonly taskset: string | undefined,
    private readonly others: string,
    /** What the reader has to know about it. */
    readonly description: string,
  ) {}

  /** Every process on every core: for servers that may use several. */
  static share(): Cores {
    const all = cpus().length;
    return new Cores(undefined, '', `servers, load and database share all ${all} cores`);
  }

  /**
   * The proxy under test has the first core for itself, everything else shares the others. Moves this process there, too,
   * and with it what it starts from now on.
   */
  static async divide(): Promise<Cores> {
    const count = cpus().length;
    const taskset = count > 1 ? findProgram('taskset') : undefined;
    const others = count > 2 ? `1-${count - 1}` : '1';
    if (taskset === undefined)
      return new Cores(undefined, others, 'no core of its own for the proxy (needs taskset and two cores)');
    const args = ['--all-tasks', '--cpu-list', '--pid', others, String(process.pid)];
    await runCommand(taskset, args, { env: hostEnvironment() });
    const description = `proxy alone on core 0; upstream, load and database on core ${others}`;
    return new Cores(taskset, others, description);
  }

  forProxy(...command: CommandLine): CommandLine {
    return this.taskset === undefined ? command : [this.taskset, '--cpu-list', '0', ...command];
  }

  forOthers(...command: CommandLine): CommandLine {
    return this.taskset === undefined ? command : [this.taskset, '--cpu-list', this.others, ...command];
  }
}
