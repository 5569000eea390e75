import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEventLoad } from './event-load';
import { isSpoolEmpty, startLoggingProcess, type LoggingProcess } from './logging-process';
import { startOwnPostgres, type OwnPostgres } from './own-postgres';
import { checkStoredPredictions, type StoreFindings } from './stored-predictions';

export interface CrashOptions {
  readonly rounds: number;
  /** Decides who dies when, and what is sent. */
  readonly random: () => number;
  /** With a durable spool events are acknowledged while PostgreSQL is away. */
  readonly hasSpool: boolean;
  /** @default 16 */
  readonly senders?: number;
  readonly onRound?: (round: number, victim: Victim) => void;
}

export type Victim = 'app' | 'PostgreSQL' | 'a backend' | 'both';

export interface CrashReport extends StoreFindings {
  readonly acknowledged: number;
  readonly victims: Readonly<Record<Victim, number>>;
  /** Requests by the status of their answer; 0: none came. */
  readonly answers: Readonly<Record<number, number>>;
}

const VICTIMS: readonly Victim[] = ['app', 'PostgreSQL', 'a backend', 'both'];
const LONGEST_LIFE_MS = 400;
const RECOVERY_TIMEOUT_MS = 60_000;

/**
 * Kills the prediction log, PostgreSQL, one of its backends or both with SIGKILL under load, again and again, at random
 * moments; then looks whether every acknowledged event is there once and the roll-ups are those of the rows. PostgreSQL runs
 * with fsync and synchronous commits. Needs `nx build logging`.
 */
export async function crashLogging(options: CrashOptions): Promise<CrashReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-crash-'));
  const postgres = await startOwnPostgres({ durable: true });
  let app: LoggingProcess | undefined;
  try {
    const databaseUrl = await postgres.createDatabase('logging');
    const spool = { SPOOL_DIR: path.join(folder, 'spool'), SPOOL_IS_DURABLE: 'true' };
    app = await startLoggingProcess(folder, {
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
      ...(options.hasSpool ? spool : {}),
    });
    return await crashUnderLoad(options, app, postgres, databaseUrl);
  } catch (error) {
    const log = await readFile(path.join(folder, 'logging.log'), 'utf8').catch(() => '');
    throw new Error(`${(error as Error).message} The end of its log:\n${log.slice(-4000)}`, { cause: error });
  } finally {
    await app?.kill();
    await postgres.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function crashUnderLoad(
  { rounds, random, senders = 16, onRound }: CrashOptions,
  app: LoggingProcess,
  postgres: OwnPostgres,
  databaseUrl: string,
): Promise<CrashReport> {
  await becomesWell(app, postgres);
  const victims: Record<Victim, number> = { app: 0, PostgreSQL: 0, 'a backend': 0, both: 0 };
  const load = startEventLoad({ url: app.url, senders, random });
  try {
    for (let round = 1; round <= rounds; round += 1) {
      // Each at least once.
      const victim = VICTIMS[round - 1] ?? VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'app';
      // Half of the time in the middle of commits, else wherever it is in coming back.
      if (random() < 0.5) await until(() => takesCommits(app, postgres));
      await wait(random() * LONGEST_LIFE_MS);
      victims[victim] += 1;
      onRound?.(round, victim);
      await kill(victim, app, postgres, random);
      // Events go on coming while one or both are away.
      await wait(random() * LONGEST_LIFE_MS);
      await Promise.all([app.start(), postgres.start()]);
    }
    await wait(LONGEST_LIFE_MS);
  } finally {
    await load.stop();
  }
  await becomesWell(app, postgres);
  return {
    ...(await checkStoredPredictions(databaseUrl, load.acknowledged)),
    acknowledged: load.acknowledged.size,
    victims,
    answers: Object.fromEntries(load.answers),
  };
}

async function kill(
  victim: Victim,
  app: LoggingProcess,
  postgres: OwnPostgres,
  random: () => number,
): Promise<void> {
  if (victim === 'a backend') return postgres.killBackend(random);
  await Promise.all([
    victim === 'PostgreSQL' ? undefined : app.kill(),
    victim === 'app' ? undefined : postgres.crash(),
  ]);
}

/** Resolves when the database takes events and nothing waits in the spool. */
function becomesWell(app: LoggingProcess, postgres: OwnPostgres): Promise<void> {
  return until(async () => (await takesCommits(app, postgres)) && (await isSpoolEmpty(app.url)));
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + RECOVERY_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    if (await check()) return;
    await wait(50);
  }
  throw new Error(`The prediction log did not recover in ${RECOVERY_TIMEOUT_MS / 1000} s.`);
}

/** A server whose recovery was killed, too, ends for good, a little later: it is started again. */
async function takesCommits(app: LoggingProcess, postgres: OwnPostgres): Promise<boolean> {
  await postgres.start();
  const ready = (await (await fetch(`${app.url}/ready`)).json()) as { db_initialized?: boolean };
  return ready.db_initialized === true;
}
