import { InfrastructureError } from '../infrastructure-error';

const GIB = 1024 ** 3;

/** Memory of the instance classes in GiB, from the list "DB instance classes" of the RDS user guide. */
const MEMORY_GIB: Readonly<Record<string, number>> = {
  'db.t3.micro': 1,
  'db.t3.small': 2,
  'db.t3.medium': 4,
  'db.t3.large': 8,
  'db.t3.xlarge': 16,
  'db.t4g.micro': 1,
  'db.t4g.small': 2,
  'db.t4g.medium': 4,
  'db.t4g.large': 8,
  'db.t4g.xlarge': 16,
  'db.m6g.large': 8,
  'db.m6g.xlarge': 16,
  'db.m6i.large': 8,
  'db.m6i.xlarge': 16,
  'db.m7g.large': 8,
  'db.m7g.xlarge': 16,
  'db.m7g.2xlarge': 32,
  'db.r6g.large': 16,
  'db.r6g.xlarge': 32,
  'db.r7g.large': 16,
  'db.r7g.xlarge': 32,
  'db.r7g.2xlarge': 64,
};

/** Three of PostgreSQL for superusers, two of RDS for its administrators, the rest for RDS itself and set-up tasks. */
const RESERVED_CONNECTIONS = 10;

/**
 * `max_connections` of RDS's default parameter group, `LEAST({DBInstanceClassMemory/9531392}, 5000)`, estimated from
 * below: that memory is what the operating system and RDS leave, about 256 MiB and 5 % less than the class has. RDS
 * gives a db.t3.micro about 81; this says 78.
 *
 * @throws InfrastructureError for a class that is not in the table
 */
export function maxConnectionsOf(instanceClass: string): number {
  const memoryGib = MEMORY_GIB[instanceClass];
  if (memoryGib === undefined)
    throw new InfrastructureError(
      `How many connections a database of class ${instanceClass} takes is not known. Expected one of ` +
        `${Object.keys(MEMORY_GIB).join(', ')}. To use it, add its memory to infra/aws/src/checks/database-capacity.ts.`,
    );
  return Math.min(Math.floor((memoryGib * GIB * 0.95 - 0.25 * GIB) / 9_531_392), 5000);
}

/**
 * What the tasks may open together.
 *
 * @throws InfrastructureError for a class that is not in the table
 */
export function usableConnectionsOf(instanceClass: string): number {
  return maxConnectionsOf(instanceClass) - RESERVED_CONNECTIONS;
}
