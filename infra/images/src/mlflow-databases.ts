import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The databases of one MLflow as the set-up program leaves them: there, empty, owned by a role of their own. */
export interface MlflowDatabases {
  readonly trackingUrl: string;
  readonly authUrl: string;
  readonly password: string;
  /** What tells the image where they are. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Every character that means something in a URI, in an .ini file or in SQL. */
const PASSWORD = `p@ss:w/o?#%41[ 'r"d=&${randomBytes(6).toString('hex')}`;

export async function createMlflowDatabases(adminUrl: string): Promise<MlflowDatabases> {
  const suffix = randomBytes(6).toString('hex');
  const [user, tracking, auth] = [`mlflow_${suffix}`, `mlflow_db_${suffix}`, `mlflow_auth_db_${suffix}`];
  const server = new URL(adminUrl);
  await query(adminUrl, `CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD.replaceAll("'", "''")}'`);
  for (const name of [tracking, auth]) await query(adminUrl, `CREATE DATABASE ${name} OWNER ${user}`);
  const urlOf = (database: string): string =>
    `postgresql://${user}:${encodeURIComponent(PASSWORD)}@${server.host}/${database}`;
  return {
    trackingUrl: urlOf(tracking),
    authUrl: urlOf(auth),
    password: PASSWORD,
    environment: {
      MLFLOW_DB_HOST: server.hostname,
      MLFLOW_DB_PORT: server.port,
      MLFLOW_DB_NAME: tracking,
      MLFLOW_AUTH_DB_NAME: auth,
      MLFLOW_DB_USER: user,
      MLFLOW_DB_PASSWORD: PASSWORD,
    },
  };
}

/** Runs one statement and returns its rows. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
