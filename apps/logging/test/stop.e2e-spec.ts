import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createPool } from '@tidegate/database';
import { useTestPostgres, workspaceRoot } from '@tidegate/testing';

import { eventually, newEvent, post, statusOf } from './logging-app';

const MAIN = path.join(workspaceRoot, 'dist/apps/logging/main.js');

interface LoggingProcess {
  readonly child: ChildProcess;
  readonly url: string;
}

/** The built app as its own process. */
async function spawnLogging(databaseUrl: string): Promise<LoggingProcess> {
  const env = { DATABASE_URL: databaseUrl, HOST: '127.0.0.1', PORT: '0' };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error(`${MAIN} ended before it listened; build it first: npx nx build logging`);
}

describe('the built app stopped by SIGTERM', () => {
  const postgres = useTestPostgres();
  const children: ChildProcess[] = [];

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('loses nothing it acknowledged under load, counts it once and ends with code 0', async () => {
    const databaseUrl = await postgres.createDatabase();
    // Two processes, so that starting, partitions and roll-ups meet too.
    const processes = await Promise.all([spawnLogging(databaseUrl), spawnLogging(databaseUrl)]);
    children.push(...processes.map(({ child }) => child));
    for (const { url } of processes) await eventually(async () => (await statusOf(`${url}/ready`)) === 200);

    const acknowledged: unknown[] = [];
    let isStopped = false;
    const send = async (url: string): Promise<void> => {
      while (!isStopped) {
        const event = newEvent({ model: 'stopped' });
        const reply = await post(url, event).catch(() => undefined);
        if (reply === undefined) return;
        if (reply.status === 201) acknowledged.push(event['id']);
      }
    };
    const senders = processes.flatMap(({ url }) => Array.from({ length: 16 }, () => send(url)));
    await eventually(() => Promise.resolve(acknowledged.length > 500));
    const exits = processes.map(({ child }) => once(child, 'exit'));
    for (const { child } of processes) child.kill('SIGTERM');
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
    ]);
    isStopped = true;
    await Promise.all(senders);

    const database = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
    const stored = await database.query<{ id: string }>('SELECT id FROM predictions');
    const rolledUp = await database.query<{ sum: string }>('SELECT sum(predictions) FROM prediction_rollups');
    await database.end();
    const ids = new Set(stored.rows.map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(String(id)))).toEqual([]);
    expect(Number(rolledUp.rows[0]?.sum)).toBe(stored.rows.length);
  });
});
