import { cpus } from 'node:os';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { findProgram } from './installed-programs';

/** A command line: the program and its arguments. */
export type CommandLine = readonly [command: string, ...args: string[]];

/** Which process runs where: the proxy under test has the first core for itself, everything else shares the others. */
export class Cores {
  private constructor(
    private readonly taskset: string | undefined,
    private readonly others: string,
  ) {}

  /** Moves this process to the other cores, too, and with it what it starts from now on. */
  static async divide(): Promise<Cores> {
    const count = cpus().length;
    const taskset = count > 1 ? findProgram('taskset') : undefined;
    const cores = new Cores(taskset, count > 2 ? `1-${count - 1}` : '1');
    if (taskset !== undefined) {
      const args = ['--all-tasks', '--cpu-list', '--pid', cores.others, String(process.pid)];
      await runCommand(taskset, args, { env: hostEnvironment() });
    }
    return cores;
  }

  /** What the reader has to know about it. */
  get description(): string {
    if (this.taskset === undefined) return 'no core of its own for the proxy (needs taskset and two cores)';
    return `proxy alone on core 0; upstream, load and database on core ${this.others}`;
  }

  forProxy(...command: CommandLine): CommandLine {
    return this.taskset === undefined ? command : [this.taskset, '--cpu-list', '0', ...command];
  }

  forOthers(...command: CommandLine): CommandLine {
    return this.taskset === undefined ? command : [this.taskset, '--cpu-list', this.others, ...command];
  }
}
