import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { workspaceRoot, type AwsSimulator } from '@tidegate/testing';
import { SECRET_NAMES, type DatabaseOwner, type SecretName } from '../src/secret-contents';
import { MASTER, query, type TlsServer } from './tls-server';

const MAIN = path.join(workspaceRoot, 'dist/infra/setup/main.js');
export const DATABASES = ['mlflow_db', 'mlflow_auth_db', 'api_db', 'logging_db'] as const;

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Told each line at once; `kill` ends the program as a power cut does. */
  readonly onLine?: (line: string, kill: () => void) => void;
}

type Fields = Record<string, string>;

/** A new installation: all its secrets there and empty as Terraform leaves them, no role or database of ours. */
export class Site {
  readonly project = `t${randomBytes(4).toString('hex')}`;
  private readonly client: SecretsManagerClient;
  private masterSecretArn = '';

  private constructor(
    private readonly server: TlsServer,
    private readonly aws: Pick<AwsSimulator, 'sdk' | 'environment'>,
  ) {
    this.client = new SecretsManagerClient(aws.sdk);
  }

  static async make(
    server: TlsServer,
    aws: Pick<AwsSimulator, 'sdk' | 'environment'>,
    { without = [] }: { without?: readonly SecretName[] } = {},
  ): Promise<Site> {
    const site = new Site(server, aws);
    for (const database of DATABASES)
      await server.asSuperuser(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    for (const role of ['mlflow', 'api', 'logging', 'analyst'])
      await server.asSuperuser(`DROP ROLE IF EXISTS ${role}`);
    for (const name of [...SECRET_NAMES, 'oidc'] as const)
      if (name === 'oidc' || !without.includes(name))
        await site.client.send(new CreateSecretCommand({ Name: site.nameOf(name) }));
    await site.setMasterLogin(MASTER);
    return site;
  }

  nameOf(name: string): string {
    return `${this.project}-dev/${name}`;
  }

  /** Names another secret as the one RDS manages. */
  async setMasterLogin(login: object): Promise<void> {
    const Name = `rds!db-${randomBytes(4).toString('hex')}`;
    const made = await this.client.send(
      new CreateSecretCommand({ Name, SecretString: JSON.stringify(login) }),
    );
    this.masterSecretArn = made.ARN ?? '';
  }

  async run({ environment = {}, onLine }: RunOptions = {}): Promise<Run> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing; build it first: npx nx build setup`);
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...this.aws.environment,
        // The SDK warns about Node 20; the image has a newer one.
        NODE_NO_WARNINGS: '1',
        ...this.parts('localhost'),
        TIDEGATE_PROJECT: this.project,
        TIDEGATE_ENVIRONMENT: 'dev',
        MASTER_SECRET_ARN: this.masterSecretArn,
        DATABASE_WAIT_MS: '2000',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stderr = text(child.stderr);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      onLine?.(line, () => child.kill('SIGKILL'));
    }
    const [exitCode] = await ended;
    return { exitCode, stdout: lines.join('\n'), stderr: await stderr };
  }

  /** What an app or the set-up is told of the server. */
  parts(host: string): Fields {
    return {
      DATABASE_HOST: host,
      DATABASE_PORT: String(this.server.port),
      DATABASE_CA_FILE: this.server.caFile,
    };
  }

  /** The fields of a secret; undefined while it is empty. */
  async secret(name: string): Promise<Fields | undefined> {
    const id = this.nameOf(name);
    if ((await this.versionsOf(name)) === 0) return undefined;
    const { SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: id }));
    return JSON.parse(SecretString) as Fields;
  }

  async allSecrets(): Promise<Record<string, Fields | undefined>> {
    const names = [...SECRET_NAMES, 'oidc'];
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await this.secret(name)] as const)),
    );
  }

  /** How often a secret was written. */
  async versionsOf(name: string): Promise<number> {
    const state = await this.client.send(new DescribeSecretCommand({ SecretId: this.nameOf(name) }));
    return Object.keys(state.VersionIdsToStages ?? {}).length;
  }

  async put(name: string, value: unknown): Promise<void> {
    const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
    await this.client.send(new PutSecretValueCommand({ SecretId: this.nameOf(name), SecretString }));
  }

  /** Runs a statement as the role in `database/<owner>`, over TLS and by the parts an app would be given. */
  async as<Row extends object>(owner: DatabaseOwner, database: string, statement: string): Promise<Row[]> {
    const { username: user, password } = (await this.secret(`database/${owner}`)) ?? {};
    const { port } = this.server;
    return query<Row>(
      { host: 'localhost', port, user, password, database, ssl: { rejectUnauthorized: false } },
      statement,
    );
  }

  /** Every value that must never be shown. */
  async secretValues(): Promise<string[]> {
    const contents = Object.values(await this.allSecrets()).flatMap((fields) => Object.entries(fields ?? {}));
    const values = contents
      .filter(([field, value]) => !field.includes('username') && value !== '')
      .map(([, value]) => value);
    const keys = values.filter((value) => value.startsWith('['));
    const serviceKeys = keys.flatMap((list) => (JSON.parse(list) as { key: string }[]).map(({ key }) => key));
    return [...values, ...serviceKeys, MASTER.password];
  }
}
