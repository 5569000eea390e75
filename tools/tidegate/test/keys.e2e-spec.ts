import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { generateApiKey } from '@tidegate/api-keys';
import { startApiProcess, useTestPostgres, type ApiProcess } from '@tidegate/testing';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(180_000);

const newKey = (): string => generateApiKey({ environment: 'test' }).text;
const KEY = /^tg_test_([0-9A-Za-z]{12})_\w{43}_\w{6}\n$/;

describe('tidegate keys', () => {
  const postgres = useTestPostgres();
  const adminKey = newKey();
  const plainKey = newKey();
  let folder: WorkFolder;
  let api: ApiProcess;

  beforeAll(async () => {
    folder = new WorkFolder();
    api = await startApiProcess(folder.path, {
      TIDEGATE_ENVIRONMENT: 'test',
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      API_KEY_PEPPER: 'a pepper that is long enough for a test',
      API_SERVICE_KEYS: JSON.stringify([
        { name: 'admin', key: adminKey, scopes: ['keys:admin', 'predict'] },
        { name: 'plain', key: plainKey, scopes: ['predict'] },
      ]),
    });
  });
  afterAll(async () => {
    await api?.stop();
    folder?.remove();
  });

  const run = (line: string, variables: Record<string, string> = {}): Promise<CommandOutcome> =>
    folder.tidegate(['keys', ...line.split(' ')], {
      TIDEGATE_URL: api.url,
      TIDEGATE_API_KEY: adminKey,
      ...variables,
    });
  const statusWith = async (key: string): Promise<number> =>
    (await fetch(`${api.url}/api/keys`, { headers: { authorization: `Bearer ${key}` } })).status;

  it('makes a key alone on standard output, lists, rotates and revokes it', async () => {
    const made = await run('create --owner ann --scopes keys:admin,predict --expires-in-days 90');
    expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(KEY)]);
    expect(made.stderr).toContain('This is the only time the key is shown');
    const [, id = ''] = KEY.exec(made.stdout) ?? [];
    expect(made.stderr).toContain(id);
    expect(await statusWith(made.stdout.trim())).toBe(200);

    const rotated = await run(`rotate ${id} --overlap-seconds 3600`);
    expect([rotated.exitCode, rotated.stdout]).toEqual([0, expect.stringMatching(KEY)]);
    const [, successor = ''] = KEY.exec(rotated.stdout) ?? [];

    const listed = await run('list --owner ann');
    expect(listed.stderr).toBe('');
    const lines = listed.stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^ID +OWNER +STATE +LAST USED +SCOPES +LIMITS$/),
      expect.stringMatching(
        new RegExp(`^${successor}  ann    active until \\S+ +never +keys:admin,predict$`),
      ),
      expect.stringMatching(new RegExp(`^${id}  ann    rotated, until \\S+ +`)),
    ]);

    const revoked = await run(`revoke ${successor}`);
    expect([revoked.exitCode, revoked.stdout]).toEqual([0, expect.stringContaining('revoked 20')]);
    expect(await statusWith(rotated.stdout.trim())).toBe(401);
    const active = await run('list --owner ann --active --json');
    expect(JSON.parse(active.stdout)).toMatchObject([{ id, owner: 'ann', replaced_by: successor }]);
    const json = await run('create --owner bob --scopes predict --json');
    expect(JSON.parse(json.stdout)).toMatchObject({ owner: 'bob', key: expect.any(String) as string });
  });

  it('takes address and key of the local stack', async () => {
    mkdirSync(path.join(folder.path, '.tidegate'));
    const file = path.join(folder.path, '.tidegate/stack.json');
    const without = { TIDEGATE_URL: '', TIDEGATE_API_KEY: '' };
    const missing = await run('list --local', without);
    expect([missing.exitCode, missing.stderr]).toEqual([
      1,
      expect.stringContaining('Start it with "npm start"'),
    ]);
    writeFileSync(file, JSON.stringify({ services: { api: { url: api.url } }, apiKey: plainKey, adminKey }));
    const listed = await run('list --local', without);
    expect([listed.exitCode, listed.stdout]).toEqual([0, expect.stringContaining('plain')]);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no address', 'list', { TIDEGATE_URL: '' }, 'Which api? Expected --url'],
    ['no key', 'list', { TIDEGATE_API_KEY: '' }, 'No key was given: expected one with the scope keys:admin'],
    ['a damaged key', 'list', { TIDEGATE_API_KEY: `${adminKey}x` }, 'does not hold a whole key'],
    ['an unknown key', 'list', { TIDEGATE_API_KEY: newKey() }, 'The API key is not valid (API_KEY_INVALID).'],
    ['a key without the scope', 'list', { TIDEGATE_API_KEY: plainKey }, '"keys:admin"'],
    [
      'more than the key holds',
      'create --owner ann --scopes ops:read',
      {},
      'does not hold ops:read (GRANT_REFUSED).',
    ],
    ['a wrong field', 'create --owner ann --scopes prediction', {}, 'scopes.0: expected one of'],
    ['an unknown id', 'revoke AAAAAAAAAAAA', {}, 'No key has the id AAAAAAAAAAAA (KEY_NOT_FOUND).'],
    ['a query', 'list --url http://127.0.0.1/?key=1', {}, 'The address of the api is not right'],
  ])('%s: one line that says what to do, and exit code 1', async (_what, line, variables, message) => {
    const { exitCode, stdout, stderr } = await run(line, variables);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    for (const key of [adminKey, plainKey]) expect(stderr).not.toContain(key.slice(-40, -7));
  });

  it('says so when what answers is no api, and when nothing answers', async () => {
    const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const wrong = await run(`list --url ${url}`);
    other.close();
    other.closeAllConnections();
    expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('(HTTP 200)')]);
    const gone = await run(`list --url ${url}`);
    expect([gone.exitCode, gone.stderr]).toEqual([1, expect.stringContaining('no answer (ECONNREFUSED)')]);
  });
});
