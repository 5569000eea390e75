import { ECSClient, StopTaskCommand, type Service, type Task } from '@aws-sdk/client-ecs';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import type { Installation } from '../installation';
import type { StopTaskCommand as StopTask } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import { nameOf, readServices } from '../services/read-services';
import { readTasks, taskIdOf } from '../services/read-tasks';
import { showResult } from './change-result';
import { confirmChange } from './confirm-change';
import { replacementProgress, waitUntilStable, type Progress } from './wait-until-stable';

const SHORTEST_ID = 4;

/** `tidegate stop-task`: stops one task; its service starts another. */
export async function stopTask(command: StopTask, context: OperationsContext): Promise<ExitCode> {
  const { installation, taskId, isConfirmed, timeoutMs, isJson } = command;
  const ecs = new ECSClient({ region: installation.region });
  const { service, task } = await findTask(ecs, installation, taskId);
  const name = nameOf(service);
  const id = taskIdOf(task);
  const others = (service.runningCount ?? 0) - 1;
  const plan = [
    `Task ${id} of ${name} is stopped, and ECS starts another.`,
    others > 0
      ? `  ${others} other tasks go on.`
      : '  It is the only one: until the other runs, nobody is served.',
  ];
  await confirmChange(plan, isConfirmed, context);
  await ecs.send(
    new StopTaskCommand({ cluster: installation.prefix, task: task.taskArn, reason: 'tidegate stop-task' }),
  );
  const progressOf = async (now: Service): Promise<Progress> =>
    replacementProgress(id, now, await readTasks(ecs, installation.prefix, name, 'RUNNING'));
  const what = `The replacement of task ${id}`;
  const { desiredCount = 0 } = await waitUntilStable(
    ecs,
    installation,
    { what, service: name, timeoutMs, progressOf },
    context,
  );
  showResult(
    {
      ...{ installation, isJson, service: name },
      summary: `Task ${id} is stopped; ${name} runs ${desiredCount} tasks.`,
      overriddenBy: `Nothing else was changed: the next deployment of ${installation.environment}-services does what it would have done.`,
      details: { stopped: id, running: desiredCount },
    },
    context,
  );
  return ExitCode.ok;
}

/** @throws CommandError when not exactly one task of a service has an id that begins like this */
async function findTask(
  ecs: ECSClient,
  installation: Installation,
  start: string,
): Promise<{ service: Service; task: Task }> {
  const services = await readServices(ecs, installation);
  const found = await Promise.all(
    services.map(async (service) => {
      const tasks = await readTasks(ecs, installation.prefix, nameOf(service), 'RUNNING');
      return tasks.filter((task) => taskIdOf(task).startsWith(start)).map((task) => ({ service, task }));
    }),
  );
  const [only, ...more] = found.flat();
  const hint = `"tidegate status ${installation.environment} <service>" shows the ids.`;
  if (start.length < SHORTEST_ID)
    throw new CommandError(
      `"${start}" is too short for the id of a task: expected its first ${SHORTEST_ID} characters or more. ${hint}`,
    );
  if (only === undefined)
    throw new CommandError(`No running task of ${installation.prefix} has the id ${start}. ${hint}`);
  if (more.length > 0)
    throw new CommandError(
      `${more.length + 1} tasks have ids that begin with ${start}: expected more of it. ${hint}`,
    );
  return only;
}
