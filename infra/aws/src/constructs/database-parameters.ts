import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { Construct } from 'constructs';

export interface DatabaseParametersProps {
  readonly prefix: string;
  /** Major version of PostgreSQL. */
  readonly engineVersion: string;
}

/** What differs from RDS's defaults: TLS is forced, and the log says who connects, waits and is slow. */
export class DatabaseParameters extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { prefix, engineVersion }: DatabaseParametersProps) {
    super(scope, id);
    const group = new DbParameterGroup(this, 'group', {
      name: `${prefix}-postgres${engineVersion}`,
      description: `PostgreSQL ${engineVersion} of ${prefix}`,
      family: `postgres${engineVersion}`,
      parameter: [
        { name: 'rds.force_ssl', value: '1' },
        { name: 'log_connections', value: '1' },
        { name: 'log_disconnections', value: '1' },
        { name: 'log_lock_waits', value: '1' },
        // Milliseconds.
        { name: 'log_min_duration_statement', value: '1000' },
        // Never `ddl` or `all`: the log would hold CREATE ROLE … PASSWORD.
        { name: 'log_statement', value: 'none' },
      ],
      // A new major version needs a new group while the old one is still in use.
      lifecycle: { createBeforeDestroy: true },
    });
    this.name = group.name;
  }
}
