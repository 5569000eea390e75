import { migrate, unavailabilityOf, type Migrations } from '@tidegate/database';
import { apiMigrations, loggingMigrations } from '@tidegate/database-migrations';
import { DatabaseError } from 'pg';
import { connectionFailure, type DatabaseServer } from './connection-failure';
import { loginOf, type SecretContents } from './secret-contents';
import type { Login } from './secret-store';
import { SetUpError } from './set-up-error';
import type { Say } from './set-up';

const SCHEMAS: readonly { owner: 'api' | 'logging'; database: string; migrations: Migrations }[] = [
  { owner: 'api', database: 'api_db', migrations: apiMigrations },
  { owner: 'logging', database: 'logging_db', migrations: loggingMigrations },
];

/**
 * Brings our schemas up to date, each as its own role, which also shows that the role can log in.
 *
 * @returns how many migrations ran now
 */
export async function runMigrations(
  server: DatabaseServer & { readonly ca: string },
  secrets: SecretContents,
  say: Say,
): Promise<number> {
  let count = 0;
  for (const { owner, database, migrations } of SCHEMAS) {
    const ran = await migrateAs(server, loginOf(secrets, owner), database, migrations);
    say(
      `schema of ${database}: ${ran.length > 0 ? `brought up to date by ${ran.join(', ')}` : 'up to date'}`,
    );
    count += ran.length;
  }
  return count;
}

const INSUFFICIENT_PRIVILEGE = '42501';

async function migrateAs(
  server: DatabaseServer & { readonly ca: string },
  { username, password }: Login,
  database: string,
  migrations: Migrations,
): Promise<string[]> {
  const { host, port, ca } = server;
  const connection = { host, port, ca, database, user: username, password };
  try {
    return await migrate({ connection, applicationName: 'tidegate-setup', migrations });
  } catch (error) {
    const failure = unavailabilityOf(error);
    if (failure !== undefined) throw connectionFailure(failure, server, username);
    if (!(error instanceof DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new SetUpError(
      'SCHEMA_OWNED_BY_OTHER',
      `"${username}" may not change what is in ${database} (${error.message}), expected its tables to belong to it. In ${database}, ` +
        `as the administrator, run REASSIGN OWNED BY <the role they belong to> TO ${username}.`,
      error,
    );
  }
}
