import type { Container, Task } from '@aws-sdk/client-ecs';

export function containerNamed(task: Task, name: string | undefined): Container | undefined {
  return task.containers?.find((container) => container.name === name);
}

/** How a container of a task that stopped ended, in words. */
export function outcomeOf(container: Container | undefined): string {
  const outcome =
    container?.exitCode === undefined ? 'did not run' : `ended with exit code ${container.exitCode}`;
  return container?.reason === undefined ? outcome : `${outcome} (${container.reason})`;
}
