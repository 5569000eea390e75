import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, sleep } from '@tidegate/clock';

/** Paths of sockets are short: 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 100;
/** File systems of other makes that hold no sockets. */
const NO_SOCKETS_HERE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);
const SOCKET_NAME = /^\.owner-.*\.sock$/;
/** How long candidates have to step back before one that stays is taken for the owner. */
const CHECKS = 10;
const CHECK_INTERVAL_MS = 20;

/**
 * The right of one process to a folder. Whoever wants it listens on a socket there and owns it once it sees no other that
 * is alive: of two that try at once, at least one sees the other. The kernel ends it with the process, whatever ends that,
 * and no name is used twice, so that removing what a killed process left cannot hit a living one.
 */
export class FolderOwner {
  private constructor(private readonly server: Server) {}

  /** Undefined when another process has it. */
  static async of(folder: string, clock: Clock): Promise<FolderOwner | undefined> {
    // Names are in the order of time: who came first is left alone at once.
    const name = `.owner-${clock.nowMs().toString(36)}-${randomBytes(4).toString('hex')}.sock`;
    const { server, place } = await listenIn(folder, name);
    const owner = new FolderOwner(server);
    try {
      for (let check = 0; check < CHECKS; check += 1) {
        const others = await aliveIn(place, name, clock);
        if (others.length === 0) return owner;
        if (others.some((other) => other < name)) break;
        await sleep(clock, CHECK_INTERVAL_MS);
      }
    } catch (error) {
      await owner.release();
      throw error;
    }
    await owner.release();
    return undefined;
  }

  /** Closing the socket removes its file. */
  release(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** In the folder itself, or in one for temporary files that stands for it. */
async function listenIn(folder: string, name: string): Promise<{ server: Server; place: string }> {
  if (Buffer.byteLength(join(folder, name)) <= MAX_SOCKET_PATH_BYTES) {
    try {
      return { server: await listen(join(folder, name)), place: folder };
    } catch (error) {
      if (!NO_SOCKETS_HERE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  const place = join(tmpdir(), `tidegate-${digest}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  return { server: await listen(join(place, name)), place };
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  return server;
}

/** The names of the other sockets behind which there is a process; the others are removed. */
async function aliveIn(place: string, ownName: string, clock: Clock): Promise<string[]> {
  const alive: string[] = [];
  for (const name of await readdir(place)) {
    if (name === ownName || !SOCKET_NAME.test(name)) continue;
    if (await isAnsweredSoon(join(place, name), clock)) alive.push(name);
    else await rm(join(place, name), { force: true });
  }
  return alive;
}

/** Asks twice: a socket has its name a moment before it is listened on. */
async function isAnsweredSoon(path: string, clock: Clock): Promise<boolean> {
  if (await isAnswered(path)) return true;
  await sleep(clock, CHECK_INTERVAL_MS);
  return isAnswered(path);
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
