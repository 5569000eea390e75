import type { EnvironmentInput } from '../environments';
import changes from './economy.json';

/** A choice that changes the bill, and what it is paid with. */
export interface Choice {
  readonly name: string;
  /** Fields of an environment, as in the file `TIDEGATE_ENVIRONMENT_FILE`. */
  readonly changes: Partial<EnvironmentInput>;
  readonly risk: string;
}

/** All of `SAVINGS` in one. `economy.json` can be given as `TIDEGATE_ENVIRONMENT_FILE`, or copied into one's own. */
export const economyChanges: unknown = changes;

/** What makes the economy variant; each is a choice of its own. */
export const SAVINGS: readonly Choice[] = [
  {
    name: 'Spot tasks',
    changes: { tasks: { capacity: 'FARGATE_SPOT' } },
    risk: 'AWS may stop any task with two minutes of notice, all at once too, and have none to give for a while.',
  },
  {
    name: 'NAT instance',
    changes: { network: { nat: 'instance' } },
    risk: 'One small machine, yours to renew. While it is away no task starts and no log line leaves; S3 and the database are still reached.',
  },
  {
    name: 'no Container Insights',
    changes: { tasks: { hasContainerInsights: false } },
    risk: 'No alarm on missing tasks, no network and storage metrics. Processor and memory stay.',
  },
  {
    name: 'ARM database',
    changes: { database: { instanceClass: 'db.t4g.micro' } },
    risk: 'None known. PostgreSQL is the same; the change restarts it once.',
  },
];

/** Not part of economy. */
export const OTHER_CHOICES: readonly Choice[] = [
  {
    name: 'ARM tasks',
    changes: { tasks: { architecture: 'ARM64' } },
    risk: 'Every image must be built for linux/arm64.',
  },
  {
    name: 'public tasks, no NAT',
    changes: { network: { nat: 'none' } },
    risk: 'Only security groups stand between a task and the internet. Each task pays for an address: from three tasks on the NAT instance is cheaper.',
  },
  {
    name: 'two MLflow tasks',
    changes: { tasks: { sizes: { mlflow: { minCount: 2 } } } },
    risk: 'None: the loss of one task interrupts nothing.',
  },
  {
    name: 'interface endpoints',
    changes: { network: { hasInterfaceEndpoints: true } },
    risk: 'None: images, logs and secrets no longer depend on the NAT.',
  },
];
