import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface DatabaseOwner {
  name: string;
  password: string;
}

/**
 * Makes the database, and the role that owns it, when they are missing; an existing role gets this password.
 * Works with any PostgreSQL, not only ours.
 *
 * @param adminUrl `postgresql://` URL of an account that may create roles and databases
 * @returns the URL of the database, for the owner when there is one
 */
export async function createDatabase(adminUrl: string, name: string, owner?: DatabaseOwner): Promise<string> {
  await withClient(adminUrl, async (client) => {
    if (owner !== undefined) await ensureRole(client, owner);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return;
    const ownerClause = owner === undefined ? '' : ` OWNER ${escapeIdentifier(owner.name)}`;
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)}${ownerClause}`);
  });
  return databaseUrl(adminUrl, name, owner);
}

/** Removes the database if it exists, cutting connections that are still open. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`),
  );
}

/** The same server as `adminUrl`, another database and optionally another account. */
export function databaseUrl(adminUrl: string, name: string, owner?: DatabaseOwner): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  if (owner !== undefined) {
    url.username = encodeURIComponent(owner.name);
    url.password = encodeURIComponent(owner.password);
  }
  return url.href;
}

async function ensureRole(client: Client, { name, password }: DatabaseOwner): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(password)}`);
  // Only a superuser may give a database to a role it is no member of; RDS' and others' administrators are none.
  const { rows } = await client.query<{ isSuperuser: boolean }>(
    'SELECT rolsuper AS "isSuperuser" FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.isSuperuser === false) await client.query(`GRANT ${escapeIdentifier(name)} TO CURRENT_USER`);
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
