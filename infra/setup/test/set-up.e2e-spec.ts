import { readFile } from 'node:fs/promises';
import { generateApiKey, parseApiKey } from '@tidegate/api-keys';
import { useAwsSimulator } from '@tidegate/testing';
import { Client } from 'pg';
import { DATABASES, Site, type Run } from './site';
import { MASTER, startTlsServer, type TlsServer } from './tls-server';

jest.setTimeout(300_000);

describe('the set-up program', () => {
  const aws = useAwsSimulator();
  let server: TlsServer;

  beforeAll(async () => {
    server = await startTlsServer();
  }, 120_000);
  afterAll(() => server.remove(), 120_000);

  const failure = (run: Run): { exitCode: number | null; stderr: string } => ({
    exitCode: run.exitCode,
    stderr: run.stderr,
  });
  const done = { exitCode: 0, stderr: '' };

  /** What must be the same however often, and however interrupted, the program ran. */
  async function expectCompleteSite(site: Site): Promise<void> {
    const secrets = await site.allSecrets();
    expect(
      Object.fromEntries(Object.entries(secrets).map(([name, fields]) => [name, Object.keys(fields ?? {})])),
    ).toEqual({
      'database/mlflow': ['username', 'password'],
      'database/api': ['username', 'password'],
      'database/logging': ['username', 'password'],
      mlflow: ['admin_username', 'admin_password', 'flask_secret_key'],
      api: ['service_keys', 'pepper', 'previous_pepper', 'bootstrap_key'],
      inference: ['mlflow_token'],
      internal: ['token'],
      oidc: [],
    });
    const serviceKeys = JSON.parse(secrets['api']?.['service_keys'] ?? '') as unknown;
    const key = secrets['inference']?.['mlflow_token'];
    expect(serviceKeys).toEqual([{ name: 'inference', key, scopes: ['models:read', 'artifacts:read'] }]);
    expect(parseApiKey(key ?? '')).toMatchObject({ environment: 'dev' });

    const { mlflow, api, logging } = await ownersByDatabase(site);
    expect({ mlflow, api, logging }).toEqual({
      mlflow: ['mlflow_db', 'mlflow_auth_db'],
      api: ['api_db'],
      logging: ['logging_db'],
    });
    expect(await site.as('api', 'api_db', 'SELECT count(*)::int AS n FROM api_keys')).toEqual([{ n: 0 }]);
    expect(await site.as('logging', 'logging_db', 'SELECT count(*)::int AS n FROM predictions')).toEqual([
      { n: 0 },
    ]);
  }

  /** The databases each role may enter, tried for real. */
  async function ownersByDatabase(site: Site): Promise<Record<string, string[]>> {
    const entered: Record<string, string[]> = {};
    for (const owner of ['mlflow', 'api', 'logging'] as const)
      for (const database of DATABASES) {
        const rows = await site.as(owner, database, 'SELECT 1').catch((error: { code?: string }) => error);
        if (Array.isArray(rows)) (entered[owner] ??= []).push(database);
        else expect(rows).toMatchObject({ code: '42501' });
      }
    return entered;
  }

  /** False as soon as a run was over before it was killed. */
  async function isKilledAtEveryPoint(site: Site): Promise<boolean> {
    const points = [
      'connected',
      `secret ${site.nameOf('api')}`,
      `secret ${site.nameOf('inference')}`,
      'role mlflow',
      'database mlflow_db',
      'role logging',
      'schema of api_db',
    ];
    for (const point of points) {
      let isReached = false;
      const run = await site.run({
        onLine: (line, kill) => {
          if (!line.startsWith(point)) return;
          isReached = true;
          kill();
        },
      });
      if (isReached && run.exitCode === 0) return false;
      expect(run).toMatchObject({ exitCode: null, stderr: '' });
    }
    return true;
  }

  async function expectNoSecretShown(site: Site, ...runs: Run[]): Promise<void> {
    const statements = await readFile(server.logFile, 'utf8');
    expect(statements).toContain('CREATE ROLE "api" LOGIN');
    const shown = [statements, ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr])].join('\n');
    const values = await site.secretValues();
    expect(values.length).toBeGreaterThan(10);
    expect(values.filter((value) => shown.includes(value))).toEqual([]);
  }

  it('makes an empty installation complete, and changes nothing when it runs again', async () => {
    const site = await Site.make(server, aws);
    const first = await site.run();
    expect(failure(first)).toEqual(done);
    await expectCompleteSite(site);
    const before = await site.allSecrets();
    const roles = await server.asSuperuser<{ rolname: string }>(
      `SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS powerful,
              rolpassword ~ '^SCRAM-SHA-256\\$4096:' AS scram
       FROM pg_authid WHERE rolname IN ('mlflow', 'api', 'logging') ORDER BY rolname`,
    );
    expect(roles).toEqual(
      ['api', 'logging', 'mlflow'].map((rolname) => ({ rolname, powerful: false, scram: true })),
    );

    const second = await site.run();
    expect(failure(second)).toEqual(done);
    expect(second.stdout).not.toMatch(/filled [a-z]|created/);
    await expectCompleteSite(site);
    expect(await site.allSecrets()).toEqual(before);
    expect(await site.versionsOf('api')).toBe(1);
    await expectNoSecretShown(site, first, second);
  });

  it('takes turns when two start at once', async () => {
    const site = await Site.make(server, aws);
    const runs = await Promise.all([site.run(), site.run()]);
    expect(runs.map(failure)).toEqual([done, done]);
    await expectCompleteSite(site);
    expect(await site.versionsOf('api')).toBe(1);
    await expectNoSecretShown(site, ...runs);
  });

  it('waits for one that runs already, and goes on when that one is gone', async () => {
    const site = await Site.make(server, aws);
    const other = new Client({ host: 'localhost', port: server.port, user: MASTER.username, ...login() });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(hashtext('tidegate set-up'))`);
    const filledWhileWaiting: unknown[] = [];
    const run = await site.run({
      onLine: (line) => {
        if (!line.startsWith('waiting for another set-up')) return;
        void site
          .allSecrets()
          .then((secrets) => filledWhileWaiting.push(...Object.values(secrets)))
          .then(() => other.end());
      },
    });
    expect(failure(run)).toEqual(done);
    expect(filledWhileWaiting).toEqual(Array.from({ length: 8 }, () => undefined));
    await expectCompleteSite(site);
  });

  it('keeps rows, values and foreign roles of an installation in use, also when two run at once', async () => {
    const site = await Site.make(server, aws);
    await site.run();
    await site.as('api', 'api_db', `CREATE TABLE notes AS SELECT 'kept' AS text`);
    await site.as('mlflow', 'mlflow_db', `CREATE TABLE experiments AS SELECT 7 AS id`);
    await server.asSuperuser(`CREATE ROLE analyst LOGIN PASSWORD 'theirs'`);
    await server.asSuperuser('GRANT CONNECT ON DATABASE logging_db TO analyst');
    const api = { ...(await site.secret('api')), comment: 'written by a person' };
    const { bootstrap_key: removed, ...withoutBootstrap } = api as Record<string, string>;
    await site.put('api', withoutBootstrap);
    await site.put('oidc', { client_secret: 'from the identity provider' });
    const before = await site.allSecrets();

    const runs = await Promise.all([site.run(), site.run()]);
    expect(runs.map(failure)).toEqual([done, done]);
    const after = await site.allSecrets();
    const bootstrapKey = after['api']?.['bootstrap_key'] ?? '';
    expect(after).toEqual({ ...before, api: { ...withoutBootstrap, bootstrap_key: bootstrapKey } });
    expect(parseApiKey(bootstrapKey)).toBeDefined();
    expect(bootstrapKey).not.toBe(removed);
    expect(await site.as('api', 'api_db', 'SELECT text FROM notes')).toEqual([{ text: 'kept' }]);
    expect(await site.as('mlflow', 'mlflow_db', 'SELECT id FROM experiments')).toEqual([{ id: 7 }]);
    expect(
      await server.asSuperuser(
        `SELECT has_database_privilege('analyst', 'logging_db', 'CONNECT') AS logging,
                has_database_privilege('analyst', 'api_db', 'CONNECT') AS api`,
      ),
    ).toEqual([{ logging: true, api: false }]);
    await expectNoSecretShown(site, ...runs);
  });

  it('gives the roles the passwords of their secrets again after a person changed them', async () => {
    const site = await Site.make(server, aws);
    await site.run();
    await server.asSuperuser(`ALTER ROLE api NOLOGIN PASSWORD 'something else'`);
    await site.put('database/logging', { username: 'logging', password: `chosen by "a" person's \\ hand` });
    expect(failure(await site.run())).toEqual(done);
    await expectCompleteSite(site);
  });

  it('ends the same however often it was killed in the middle', async () => {
    let site = await Site.make(server, aws);
    // The last step may be over before a signal of a busy machine arrives: then all of it again.
    for (let tries = 1; !(await isKilledAtEveryPoint(site)); tries += 1) {
      expect(tries).toBeLessThan(5);
      site = await Site.make(server, aws);
    }
    expect(failure(await site.run())).toEqual(done);
    await expectCompleteSite(site);
    for (const name of ['database/api', 'api', 'inference']) expect(await site.versionsOf(name)).toBe(1);
  });

  it('gives inference the key the api knows already', async () => {
    const site = await Site.make(server, aws);
    const key = generateApiKey({ environment: 'dev' }).text;
    await site.put('api', {
      service_keys: JSON.stringify([{ name: 'inference', key, scopes: ['models:read'] }]),
    });
    expect(failure(await site.run())).toEqual(done);
    expect(await site.secret('inference')).toEqual({ mlflow_token: key });
    expect(await site.versionsOf('api')).toBe(2);
  });

  it('hands a database that the administrator owns to its role, but takes none from others', async () => {
    const site = await Site.make(server, aws);
    await server.asSuperuser(`CREATE DATABASE mlflow_db OWNER ${MASTER.username}`);
    expect(failure(await site.run())).toEqual(done);
    await expectCompleteSite(site);
    await server.asSuperuser('CREATE ROLE analyst');
    await server.asSuperuser('ALTER DATABASE api_db OWNER TO analyst');
    const run = await site.run();
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /DATABASE_OWNED_BY_OTHER.*api_db belongs to "analyst", expected "api"/,
      ) as string,
    });
  });

  it('leaves a role alone that may do more than its databases', async () => {
    const site = await Site.make(server, aws);
    await server.asSuperuser(`CREATE ROLE api SUPERUSER PASSWORD 'theirs'`);
    expect(await site.run()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('ROLE_TOO_POWERFUL') as string,
    });
  });

  it('names all secrets that are missing, and fills none of the others', async () => {
    const site = await Site.make(server, aws, { without: ['mlflow', 'internal'] });
    const { exitCode, stderr } = await site.run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `SECRETS_MISSING). These secrets do not exist: ${site.nameOf('mlflow')}, ${site.nameOf('internal')}.`,
    );
    expect(await site.secret('api')).toBeUndefined();
  });

  it('tells by name only what a person has put in wrongly, and writes nothing', async () => {
    const site = await Site.make(server, aws);
    await site.put('api', { pepper: 'hunter2', service_keys: '[{"name":"x","key":"tg_wrong"}]' });
    await site.put('internal', 'no JSON but hunter3');
    const first = await site.run();
    expect(first).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(site.nameOf('internal')) as string,
    });
    await site.put('internal', { token: 5 });
    await site.put('api', { pepper: 'hunter2' });
    const second = await site.run();
    expect(second.stderr).toContain(
      'api.pepper: expected at least 32 characters; internal.token: expected a text',
    );
    expect(await site.secret('inference')).toBeUndefined();
    expect(first.stderr + second.stderr).not.toMatch(/hunter|tg_wrong/);
  });

  it('says where to look when Secrets Manager does not answer', async () => {
    const site = await Site.make(server, aws);
    const run = await site.run({ environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } });
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/SECRETS_MANAGER_UNREACHABLE.*VPC endpoint/) as string,
    });
  });

  describe('when it cannot log in', () => {
    const cases: [string, string, () => Record<string, string>, RegExp][] = [
      [
        'an endpoint with its port',
        'configuration',
        () => ({ DATABASE_HOST: 'db.abc.rds.amazonaws.com:5432' }),
        /DATABASE_HOST: expected a host name without port/,
      ],
      [
        'another authority',
        'DATABASE_NOT_TRUSTED',
        () => ({ DATABASE_CA_FILE: server.otherCaFile }),
        /DATABASE_CA_FILE/,
      ],
      [
        'an alias of the endpoint',
        'DATABASE_NOT_TRUSTED',
        () => ({ DATABASE_HOST: '127.0.0.1' }),
        /127\.0\.0\.1/,
      ],
      [
        'a name without address',
        'DATABASE_NOT_FOUND',
        () => ({ DATABASE_HOST: 'db.invalid' }),
        /without port/,
      ],
      ['a port nobody listens on', 'DATABASE_UNREACHABLE', () => ({ DATABASE_PORT: '1' }), /security group/],
    ];

    it.each(cases)('because of %s, it says so', async (_case, code, environment, hint) => {
      const site = await Site.make(server, aws);
      const { exitCode, stderr } = await site.run({ environment: environment() });
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(code) as string });
      expect(stderr).toMatch(hint);
    });

    it('because the password is wrong, it says so without showing it, and fills no secret', async () => {
      const site = await Site.make(server, aws);
      await site.setMasterLogin({ ...MASTER, password: 'not-the-password' });
      const { exitCode, stderr } = await site.run();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/DATABASE_LOGIN_REFUSED.*"master".*MASTER_SECRET_ARN/);
      expect(stderr).not.toContain('not-the-password');
      expect(await site.secret('api')).toBeUndefined();
    });
  });

  function login(): { password: string; database: string; ssl: { rejectUnauthorized: boolean } } {
    return { password: MASTER.password, database: 'postgres', ssl: { rejectUnauthorized: false } };
  }
});
