import type { Container, Task } from '@aws-sdk/client-ecs';
import { stopReasonOf, taskIdOf } from '../services/read-tasks';

export interface StoppedTask {
  readonly id: string;
  readonly at?: Date;
  readonly reason: string;
  /** How each container ended: `api: exit code 1`. */
  readonly containers: readonly string[];
}

/** Why a task of which ECS still knows is gone. */
export function stoppedTask(task: Task): StoppedTask {
  const { stoppedAt, containers = [] } = task;
  return {
    id: taskIdOf(task),
    ...(stoppedAt !== undefined && { at: stoppedAt }),
    reason: stopReasonOf(task),
    containers: containers.map(endOf),
  };
}

function endOf({ name = '', exitCode, reason }: Container): string {
  const end = exitCode === undefined ? 'did not run' : `exit code ${exitCode}`;
  return `${name}: ${[end, reason].filter(Boolean).join(', ')}`;
}
