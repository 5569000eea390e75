import type { Deployment, Task } from '@aws-sdk/client-ecs';
import { addressOf, taskIdOf } from '../services/read-tasks';
import type { ServiceTargets } from '../services/read-targets';
import type { ImageVersion } from '../services/read-image';
import { nameOf } from '../services/read-services';
import { revisionNameOf, type ServiceObservation } from '../services/service-observation';
import {
  deploymentSettings,
  taskSettings,
  type DeploymentSettings,
  type TaskSettings,
} from './service-settings';
import { stoppedTask, type StoppedTask } from './stopped-task';
import { problemsOf } from './service-problems';

/** `stopped`: no task is wanted, so none is missing. */
export type ServiceState = 'healthy' | 'deploying' | 'unhealthy' | 'stopped';

export interface DeploymentStatus {
  readonly id: string;
  /** PRIMARY is the newest; ACTIVE ones are being replaced. */
  readonly status: string;
  readonly rollout: string;
  readonly reason?: string;
  readonly revision: string;
  readonly desired: number;
  readonly running: number;
  readonly failedTasks: number;
  readonly updatedAt?: Date;
}

export interface TaskStatus {
  readonly id: string;
  readonly revision: string;
  readonly status: string;
  readonly health: string;
  readonly zone?: string;
  readonly address?: string;
  readonly startedAt?: Date;
}

export interface TargetStatus {
  readonly group: string;
  readonly address: string;
  readonly port?: number;
  readonly state: string;
  /** Such as `Target.FailedHealthChecks`. */
  readonly reason?: string;
  readonly description?: string;
}

/** What `tidegate status --json` prints of a service. */
export interface ServiceStatus {
  readonly name: string;
  readonly state: ServiceState;
  /** What makes it unhealthy, in words. */
  readonly problems: readonly string[];
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly image: ImageVersion;
  readonly deployments: readonly DeploymentStatus[];
  readonly tasks: readonly TaskStatus[];
  readonly targets: readonly TargetStatus[];
  /** The newest first; ECS remembers them for about an hour. */
  readonly stoppedTasks: readonly StoppedTask[];
  readonly deploymentSettings: DeploymentSettings;
  readonly taskSettings: TaskSettings;
  /** The newest first. */
  readonly events: readonly { readonly at?: Date; readonly message: string }[];
}

const SHOWN_EVENTS = 10;
const SHOWN_STOPPED_TASKS = 5;

export function serviceStatus(
  { service, definition, tasks, targets, image }: ServiceObservation,
  stoppedTasks: readonly Task[] = [],
): ServiceStatus {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0, events = [] } = service;
  const status = {
    name: nameOf(service),
    desired: desiredCount,
    running: runningCount,
    pending: pendingCount,
    image,
    deployments: (service.deployments ?? []).map(deploymentStatus),
    tasks: tasks.map(taskStatus),
    targets: targets.flatMap(targetStatuses),
    stoppedTasks: stoppedTasks.slice(0, SHOWN_STOPPED_TASKS).map(stoppedTask),
    deploymentSettings: deploymentSettings(service),
    taskSettings: taskSettings(definition),
    events: events.slice(0, SHOWN_EVENTS).map(({ createdAt, message = '' }) => ({
      ...(createdAt !== undefined && { at: createdAt }),
      message,
    })),
  };
  const problems = problemsOf({ ...status, hasTargetGroup: targets.length > 0 });
  return { ...status, problems, state: stateOf(status, problems) };
}

function stateOf(
  { desired, running, deployments }: Pick<ServiceStatus, 'desired' | 'running' | 'deployments'>,
  problems: readonly string[],
): ServiceState {
  if (problems.length > 0) return 'unhealthy';
  const isDeploying = deployments.length > 1 || deployments.some(({ rollout }) => rollout === 'IN_PROGRESS');
  if (isDeploying || running > desired) return 'deploying';
  return desired === 0 ? 'stopped' : 'healthy';
}

function deploymentStatus(deployment: Deployment): DeploymentStatus {
  const { id = '', status = '', rolloutState = 'UNKNOWN', rolloutStateReason, updatedAt } = deployment;
  return {
    id,
    status,
    rollout: rolloutState,
    ...(rolloutStateReason !== undefined && { reason: rolloutStateReason }),
    revision: revisionNameOf(deployment.taskDefinition),
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

function taskStatus(task: Task): TaskStatus {
  const { lastStatus = 'UNKNOWN', healthStatus = 'UNKNOWN', availabilityZone, startedAt } = task;
  const address = addressOf(task);
  return {
    id: taskIdOf(task),
    revision: revisionNameOf(task.taskDefinitionArn),
    status: lastStatus,
    health: healthStatus,
    ...(availabilityZone !== undefined && { zone: availabilityZone }),
    ...(address !== undefined && { address }),
    ...(startedAt !== undefined && { startedAt }),
  };
}

function targetStatuses({ group, targets }: ServiceTargets): TargetStatus[] {
  return targets.map(({ Target, TargetHealth }) => ({
    group: group.TargetGroupName ?? group.TargetGroupArn ?? '',
    address: Target?.Id ?? '',
    ...(Target?.Port !== undefined && { port: Target.Port }),
    state: TargetHealth?.State ?? 'unknown',
    ...(TargetHealth?.Reason !== undefined && { reason: TargetHealth.Reason }),
    ...(TargetHealth?.Description !== undefined && { description: TargetHealth.Description }),
  }));
}
