import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase, ensureWorkspacePython, startMlflow, type LocalMlflow } from '@tidegate/local-parts';
import { startOwnPostgres, workspaceRoot, type OwnPostgres } from '@tidegate/testing';

const ADMINISTRATOR = { username: 'admin', password: 'a password of admin' };
/** The roles that own the databases, as in the local stack. */
const OWNER_PASSWORD = 'a password of a role';

/** A real MLflow whose databases have the names that they have in an installation. */
export class MlflowWithUsers {
  private constructor(
    private readonly folder: string,
    private readonly postgres: OwnPostgres,
    private readonly mlflow: LocalMlflow,
  ) {}

  static async start(hasUsers = true): Promise<MlflowWithUsers> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-users-'));
    const postgres = await startOwnPostgres();
    const owned = (name: string): Promise<string> =>
      createDatabase(postgres.adminUrl, name, { name: `tidegate_${name}`, password: OWNER_PASSWORD });
    const { venvDir } = await ensureWorkspacePython(workspaceRoot, (line) => console.error(line));
    const mlflow = await startMlflow({
      venvDir,
      port: 0,
      backendUri: await owned('mlflow_db'),
      authDatabaseUri: await owned('mlflow_auth_db'),
      artifactsDir: path.join(folder, 'artifacts'),
      workDir: folder,
      logFile: path.join(folder, 'mlflow.log'),
      adminUsername: ADMINISTRATOR.username,
      adminPassword: ADMINISTRATOR.password,
      flaskSecretKey: 'a-long-flask-key',
      auth: hasUsers,
    });
    return new MlflowWithUsers(folder, postgres, mlflow);
  }

  get url(): string {
    return this.mlflow.url;
  }

  get postgresUrl(): string {
    return this.postgres.adminUrl;
  }

  async createExperiment(name: string): Promise<string> {
    const answer = await this.call('experiments/create', ADMINISTRATOR, { name });
    return ((await answer.json()) as { experiment_id: string }).experiment_id;
  }

  /** Names of the experiments that a user sees; undefined when it cannot log in. */
  async experimentsOf(username: string, password: string): Promise<readonly string[] | undefined> {
    const answer = await this.call('experiments/search', { username, password }, { max_results: 100 });
    if (answer.status === 401) return undefined;
    const { experiments = [] } = (await answer.json()) as { experiments?: { name: string }[] };
    return experiments.map(({ name }) => name);
  }

  async stop(): Promise<void> {
    await this.mlflow.stop();
    await this.postgres.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  private call(route: string, login: typeof ADMINISTRATOR, body: unknown): Promise<Response> {
    const credentials = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    return fetch(`${this.url}/api/2.0/mlflow/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
      body: JSON.stringify(body),
    });
  }
}
