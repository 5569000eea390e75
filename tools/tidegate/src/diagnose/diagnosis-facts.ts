import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { RouteTable, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Task } from '@aws-sdk/client-ecs';
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { Installation } from '../installation';
import type { ServiceObservation } from '../services/service-observation';

/** The result of a look that needs rights of its own, or why it could not be had. */
export type Checked<T> = { readonly value: T } | { readonly unchecked: string };

export interface LogLine {
  readonly at: Date;
  /** Name of the log stream: `<container>/<container>/<task id>`. */
  readonly stream: string;
  readonly message: string;
}

/** A secret that a container gets by reference. Its value is never read. */
export interface SecretFact {
  /** Environment variable it becomes. */
  readonly variable: string;
  readonly arn: string;
  readonly state: 'present' | 'empty' | 'deleted' | 'missing';
}

export interface NetworkFacts {
  /** Rules of the groups of the service, of its load balancers and of the database. */
  readonly rules: readonly SecurityGroupRule[];
  readonly serviceGroups: readonly string[];
  readonly subnets: readonly string[];
  readonly loadBalancers: readonly LoadBalancer[];
  /** All route tables of the VPC. */
  readonly routeTables: readonly RouteTable[];
  /** Service names of its endpoints, such as `com.amazonaws.eu-west-2.ecr.api`. */
  readonly endpoints: readonly string[];
}

export interface DatabaseFacts {
  /** Undefined: there is none of that name. */
  readonly instance?: DBInstance;
  /** Family of the parameter group that was made for it, such as `postgres15`. */
  readonly family?: string;
  /** Versions of that family that RDS offers in the region; undefined when the instance is there. */
  readonly offeredVersions?: readonly string[];
}

export interface BucketFacts {
  readonly name: string;
  /** Undefined: there is no such bucket. */
  readonly region?: string;
}

/** All that was found out about a service: answers of the AWS API as they came. */
export interface DiagnosisFacts {
  readonly installation: Installation;
  readonly observation: ServiceObservation;
  /** Of the time that is looked at. */
  readonly stoppedTasks: readonly Task[];
  readonly sinceMs: number;
  readonly logs: Checked<readonly LogLine[]>;
  /** Those that went off. */
  readonly alarms: Checked<readonly MetricAlarm[]>;
  readonly secrets: Checked<readonly SecretFact[]>;
  readonly network: Checked<NetworkFacts>;
  /** Undefined for a service without a database. */
  readonly database?: Checked<DatabaseFacts>;
  /** Undefined for a service without artifacts. */
  readonly bucket?: Checked<BucketFacts>;
}

/** Plain settings of the service's container, by name. */
export function settingsOf({ definition }: ServiceObservation): Readonly<Record<string, string>> {
  const variables = definition.containerDefinitions?.[0]?.environment ?? [];
  return Object.fromEntries(variables.map(({ name = '', value = '' }) => [name, value]));
}

export function databaseHostOf(observation: ServiceObservation): string | undefined {
  const settings = settingsOf(observation);
  return settings['DATABASE_HOST'] ?? settings['MLFLOW_DB_HOST'];
}
