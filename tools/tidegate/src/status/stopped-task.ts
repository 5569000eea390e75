import type { Task } from '@aws-sdk/client-ecs';
import { outcomeOf } from '../services/container-outcome';
import { stopReasonOf, taskIdOf } from '../services/read-tasks';

export interface StoppedTask {
  readonly id: string;
  readonly at?: Date;
  readonly reason: string;
  /** How each container ended: `api: ended with exit code 1`. */
  readonly containers: readonly string[];
}

/** Why a task of which ECS still knows is gone. */
export function stoppedTask(task: Task): StoppedTask {
  const { stoppedAt, containers = [] } = task;
  return {
    id: taskIdOf(task),
    ...(stoppedAt !== undefined && { at: stoppedAt }),
    reason: stopReasonOf(task),
    containers: containers.map((container) => `${container.name}: ${outcomeOf(container)}`),
  };
}
