import { AlteredAws } from './altered-aws';

/** How a task ends. */
export interface TaskEnd {
  readonly stoppedReason: string;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode?: number;
    readonly reason?: string;
  }[];
}

interface Tasks {
  readonly tasks: readonly { readonly taskArn: string }[];
}

/**
 * The simulator's API, but that its tasks run: RunTask is what the simulator makes of it; then `onRun` plays the
 * containers' part, and DescribeTasks tells of the end. (The simulator itself runs nothing, so no task of it ever ends.)
 */
export class SimulatedTasks {
  end: TaskEnd = { stoppedReason: 'Essential container in task exited', containers: [] };
  onRun: (taskId: string) => Promise<void> = () => Promise.resolve();
  private readonly ended = new Set<string>();

  private constructor(readonly aws: AlteredAws) {
    aws.alter('RunTask', async (answer) => {
      const [task] = (answer as unknown as Tasks).tasks;
      if (task === undefined) return answer;
      this.ended.add(task.taskArn);
      await this.onRun(task.taskArn.split('/').at(-1) ?? '');
      return answer;
    });
    aws.alter('DescribeTasks', (answer) => ({
      ...answer,
      tasks: (answer as unknown as Tasks).tasks.map((task) =>
        this.ended.has(task.taskArn) ? { ...task, lastStatus: 'STOPPED', ...this.end } : task,
      ),
    }));
  }

  static async start(simulator: string): Promise<SimulatedTasks> {
    return new SimulatedTasks(await AlteredAws.start(simulator));
  }

  get url(): string {
    return this.aws.url;
  }

  /** Bodies of the RunTask requests. */
  get runs(): readonly Record<string, unknown>[] {
    return this.aws.of('RunTask');
  }

  stop(): void {
    this.aws.stop();
  }
}
