import type { ContainerDefinition, HealthCheck, Service, TaskDefinition } from '@aws-sdk/client-ecs';

/** How ECS replaces the tasks of a service. */
export interface DeploymentSettings {
  /** Of the desired number: as many run at least, and at most, during a deployment. */
  readonly minimumHealthyPercent?: number;
  readonly maximumPercent?: number;
  /** Whether a deployment whose tasks do not become healthy is given up, and the one before is put back. */
  readonly circuitBreaker: 'off' | 'on' | 'rolls back';
  /** That end a deployment when they go off. */
  readonly alarms: readonly string[];
}

/** What a task definition says of the service's own container. */
export interface TaskSettings {
  readonly revision: number;
  /** Units of which 1024 are a processor. */
  readonly cpu: string;
  readonly memoryMib: string;
  readonly architecture: string;
  readonly healthCheck?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where each comes from, never what it is. */
  readonly secrets: Readonly<Record<string, string>>;
}

export function deploymentSettings({ deploymentConfiguration = {} }: Service): DeploymentSettings {
  const {
    minimumHealthyPercent,
    maximumPercent,
    deploymentCircuitBreaker: breaker,
    alarms,
  } = deploymentConfiguration;
  return {
    ...(minimumHealthyPercent !== undefined && { minimumHealthyPercent }),
    ...(maximumPercent !== undefined && { maximumPercent }),
    circuitBreaker: breaker?.enable !== true ? 'off' : breaker.rollback === true ? 'rolls back' : 'on',
    alarms: alarms?.enable === true ? (alarms.alarmNames ?? []) : [],
  };
}

export function taskSettings(definition: TaskDefinition): TaskSettings {
  const [container = {}] = definition.containerDefinitions ?? [];
  return {
    revision: definition.revision ?? 0,
    cpu: definition.cpu ?? '',
    memoryMib: definition.memory ?? '',
    architecture: definition.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    ...(container.healthCheck !== undefined && { healthCheck: healthCheckText(container.healthCheck) }),
    environment: byName(container.environment, ({ value }) => value),
    secrets: byName(container.secrets, ({ valueFrom }) => valueFrom),
  };
}

function healthCheckText({ command = [], interval, timeout, retries, startPeriod }: HealthCheck): string {
  return `${command.join(' ')} (every ${interval} s, ${timeout} s long, ${retries} failures, from ${startPeriod ?? 0} s on)`;
}

type Named = NonNullable<ContainerDefinition['environment' | 'secrets']>[number];

function byName<T extends Named>(
  entries: readonly T[] = [],
  valueOf: (entry: T) => string | undefined,
): Record<string, string> {
  const sorted = [...entries].sort((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
  return Object.fromEntries(sorted.map((entry) => [entry.name ?? '', valueOf(entry) ?? '']));
}
