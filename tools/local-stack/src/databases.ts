import { createDatabase, startPostgres } from '@tidegate/local-parts';
import type { StackContext } from './stack-context';
import { StackError } from './stack-error';

export interface Databases {
  /** An administrator's URL of the server. */
  readonly adminUrl: string;
  /** One database each, owned by a role of its own that sees no other. */
  readonly urls: {
    readonly mlflow: string;
    readonly mlflowAuth: string;
    readonly api: string;
    readonly logging: string;
  };
}

/** Starts PostgreSQL, or takes the one of `DATABASE_URL`, and makes the databases that are missing. */
export async function prepareDatabases(context: StackContext): Promise<Databases> {
  const adminUrl = context.host.databaseUrl ?? (await startOwnPostgres(context));
  try {
    return { adminUrl, urls: await createDatabases(context, adminUrl) };
  } catch (error) {
    if (context.host.databaseUrl === undefined) throw error;
    throw new StackError(
      `The databases could not be made on the server of DATABASE_URL: ${(error as Error).message}. Expected an ` +
        "administrator's postgresql:// URL (may create roles and databases); unset DATABASE_URL to have a server started.",
    );
  }
}

async function startOwnPostgres({ options, paths, secrets, supervisor }: StackContext): Promise<string> {
  const postgres = await startPostgres({
    dataDir: paths.postgresDir,
    port: options.ports.postgres,
    superuserPassword: secrets.postgresPassword,
    logFile: paths.logFile('postgres'),
  });
  supervisor.watch('postgres', postgres.process, 'SIGINT');
  return postgres.url;
}

// One after the other: PostgreSQL copies a template that only one may copy at a time.
async function createDatabases({ secrets }: StackContext, adminUrl: string): Promise<Databases['urls']> {
  const create = (database: string, password: string): Promise<string> =>
    createDatabase(adminUrl, database, { name: `tidegate_${database}`, password });
  return {
    mlflow: await create('mlflow_db', secrets.mlflowDatabasePassword),
    mlflowAuth: await create('mlflow_auth_db', secrets.mlflowAuthDatabasePassword),
    api: await create('api_db', secrets.apiDatabasePassword),
    logging: await create('logging_db', secrets.loggingDatabasePassword),
  };
}
