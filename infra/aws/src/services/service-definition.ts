import type { Environment } from '../environments';

/** The secrets an installation has; each a JSON object, made empty and filled by the set-up program. */
export const SECRET_FIELDS = {
  'database/mlflow': ['username', 'password'],
  'database/api': ['username', 'password'],
  'database/logging': ['username', 'password'],
  mlflow: ['admin_username', 'admin_password', 'flask_secret_key'],
  api: ['pepper', 'previous_pepper', 'service_keys', 'bootstrap_key'],
  inference: ['mlflow_token'],
  internal: ['token'],
} as const;

export type SecretName = keyof typeof SECRET_FIELDS;

/** One field of a secret, handed to a container by reference. */
export type SecretReference = {
  [Name in SecretName]: { readonly secret: Name; readonly field: (typeof SECRET_FIELDS)[Name][number] };
}[SecretName];

/** What the plain settings of a service are made from. */
export interface ServiceContext {
  readonly environment: Environment;
  readonly databaseHost: string;
  readonly databasePort: string;
  readonly artifactBucketName: string;
  /** Where the load balancer's requests come from. */
  readonly loadBalancerNetworks: readonly string[];
  /** Undefined where the environment has no Redis. */
  readonly redisUrl: string | undefined;
}

export interface TaskSize {
  /** CPU units, 1024 = one vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly minCount: number;
  readonly maxCount: number;
}

/** All there is to know about a service: the pattern makes the AWS resources from it. */
export interface ServiceDefinition {
  /** Name of the ECS service, the image, the DNS name and the log group. */
  readonly name: string;
  readonly port: number;
  readonly size: TaskSize;
  /**
   * Whether the number of tasks follows the load. If not, it is `minCount`.
   * @default true
   */
  readonly isAutoscaled?: boolean;
  /** Name of the Terraform variable with the least number of tasks. @default `<name>_desired_count` */
  readonly countVariable?: string;
  /** Run inside the container, exec form; exit code 0 means alive. */
  readonly healthCommand: readonly string[];
  /** Paths the load balancer forwards, and the one it checks. @default not behind the load balancer */
  readonly publicRoutes?: { readonly paths: readonly string[]; readonly healthPath: string };
  /** Services that may open connections to it. */
  readonly calledBy: readonly string[];
  /** Connections a task opens to PostgreSQL at most. @default 0: it may not reach the database */
  readonly databaseConnectionsPerTask?: number;
  /** Reads and writes the artifact bucket with its task role. @default false */
  readonly usesArtifacts?: boolean;
  /** Environment variables; secrets never go here. */
  readonly settings: (context: ServiceContext) => Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
}

/** The size of a service in an environment. */
export function sizeOf(service: ServiceDefinition, environment: Environment): TaskSize {
  return { ...service.size, ...environment.tasks.sizes[service.name] };
}

/** Environment variables of a service: what it is told always, and what the environment adds. */
export function settingsOf(
  service: ServiceDefinition,
  context: ServiceContext,
): Readonly<Record<string, string>> {
  return { ...context.environment.tasks.settings[service.name], ...service.settings(context) };
}

/** Terraform variable that overrides the least number of tasks. */
export function countVariableOf(service: ServiceDefinition): string {
  return service.countVariable ?? `${service.name}_desired_count`;
}
