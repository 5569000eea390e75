import { randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { scramVerifier } from './scram-verifier';
import { loginOf, type DatabaseOwner, type SecretContents } from './secret-contents';
import type { Login } from './secret-store';
import { SetUpError } from './set-up-error';
import type { Say } from './set-up';

const DATABASES = {
  mlflow: ['mlflow_db', 'mlflow_auth_db'],
  api: ['api_db'],
  logging: ['logging_db'],
} as const satisfies Record<DatabaseOwner, readonly string[]>;

const OWNERS: readonly DatabaseOwner[] = ['mlflow', 'api', 'logging'];
const SALT_BYTES = 16;

/**
 * Makes the roles and databases that are missing and gives each role the password of its secret. Needs CREATEROLE and
 * CREATEDB only, as the administrator of RDS has them: a superuser is not needed.
 *
 * @throws SetUpError `ROLE_TOO_POWERFUL`, `DATABASE_OWNED_BY_OTHER`
 */
export async function createRolesAndDatabases(
  master: Client,
  secrets: SecretContents,
  say: Say,
): Promise<void> {
  for (const owner of OWNERS) {
    const login = loginOf(secrets, owner);
    say(`role ${login.username}: ${await ensureRole(master, login)}`);
    for (const database of DATABASES[owner])
      say(`database ${database}: ${await ensureDatabase(master, database, login.username)}`);
  }
}

interface RoleRow {
  readonly powerful: boolean;
  readonly self: boolean;
}

async function ensureRole(master: Client, { username, password }: Login): Promise<string> {
  const { rows } = await master.query<RoleRow>(
    `SELECT rolsuper OR rolreplication OR rolbypassrls AS powerful, rolname = current_user AS self
     FROM pg_roles WHERE rolname = $1`,
    [username],
  );
  const [existing] = rows;
  if (existing?.powerful === true || existing?.self === true) throw roleTooPowerful(username);
  const verifier = escapeLiteral(scramVerifier(password, randomBytes(SALT_BYTES)));
  const role = escapeIdentifier(username);
  const verb = existing === undefined ? 'CREATE' : 'ALTER';
  await master.query(`${verb} ROLE ${role} LOGIN NOCREATEDB NOCREATEROLE PASSWORD ${verifier}`);
  // Who is no superuser may give a database only to a role it is a member of.
  await master.query(`GRANT ${role} TO CURRENT_USER`);
  return existing === undefined ? 'created' : 'has the password of its secret';
}

async function ensureDatabase(master: Client, name: string, owner: string): Promise<string> {
  const database = escapeIdentifier(name);
  const role = escapeIdentifier(owner);
  const { rows } = await master.query<{ owner: string; ours: boolean }>(
    `SELECT pg_get_userbyid(datdba) AS owner, pg_get_userbyid(datdba) = current_user AS ours
     FROM pg_database WHERE datname = $1`,
    [name],
  );
  const [existing] = rows;
  // template0: nobody can be connected to it, which would make the copy fail.
  if (existing === undefined)
    await master.query(`CREATE DATABASE ${database} OWNER ${role} TEMPLATE template0`);
  else if (existing.ours) await master.query(`ALTER DATABASE ${database} OWNER TO ${role}`);
  else if (existing.owner !== owner) throw ownedByOther(name, existing.owner, owner);
  await master.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  if (existing === undefined) return `created for ${owner}`;
  return existing.ours ? `given to ${owner}` : 'kept';
}

function roleTooPowerful(role: string): SetUpError {
  return new SetUpError(
    'ROLE_TOO_POWERFUL',
    `The role "${role}" is the administrator, or may do more than its own databases (SUPERUSER, REPLICATION or BYPASSRLS), ` +
      'expected an ordinary role. Choose another username in its secret, or take these rights away as a superuser.',
  );
}

function ownedByOther(database: string, found: string, owner: string): SetUpError {
  return new SetUpError(
    'DATABASE_OWNED_BY_OTHER',
    `The database ${database} belongs to "${found}", expected "${owner}". It is not taken from its owner: as that owner run ` +
      `ALTER DATABASE ${database} OWNER TO ${owner}, or rename the database.`,
  );
}
