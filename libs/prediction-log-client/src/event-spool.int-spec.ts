import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Spool } from '@tidegate/spool';
import { FakeClock } from '@tidegate/testing';
import type { EventBlock } from './event-block';
import type { Delivery, EventTransport } from './event-transport';
import { PredictionLogClient, type PredictionLogClientOptions } from './prediction-log-client';

describe('a sender with a spool', () => {
  let folder: string;
  let clock: FakeClock;
  let receiver: Receiver;
  let problems: string[];
  const clients = new Set<PredictionLogClient>();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-events-'));
    clock = new FakeClock();
    receiver = new Receiver();
    problems = [];
  });

  afterEach(async () => {
    receiver.letGo(false);
    for (const client of clients) await flushed(client, 0);
    await rm(folder, { recursive: true, force: true });
  });

  function client(options: Partial<PredictionLogClientOptions> = {}): PredictionLogClient {
    const made = new PredictionLogClient({
      transport: receiver,
      spool: { folder, maxBytes: 1e7 },
      clock,
      observer: {
        onResult: () => undefined,
        onAvailability: () => undefined,
        onSpoolProblem: (problem) => problems.push(problem),
      },
      ...options,
    });
    clients.add(made);
    return made;
  }

  /** Files are real, so what they take is waited for; the time of the sender runs meanwhile. */
  async function until(isTrue: () => boolean): Promise<void> {
    const deadlineMs = Date.now() + 20_000;
    while (!isTrue()) {
      if (Date.now() > deadlineMs) throw new Error('never came true');
      await clock.advance(20);
    }
  }

  async function flushed(sender: PredictionLogClient, deadlineMs: number): Promise<number> {
    let lost: number | undefined;
    void sender.flush(deadlineMs).then((count) => (lost = count));
    await until(() => lost !== undefined);
    clients.delete(sender);
    return lost ?? NaN;
  }

  it('keeps on disk what cannot be sent, sends it after a restart, older first, and each once', async () => {
    receiver.isAway = true;
    const first = client();
    for (const event of numbers(0, 50)) first.add(event);
    await until(() => first.stats().spooled === 50);
    for (const event of numbers(50, 60)) first.add(event);
    expect(await flushed(first, 50)).toBe(0);
    expect(first.stats()).toMatchObject({ dropped: 0, queued: 0 });

    receiver.isAway = false;
    const second = client();
    second.add('60');
    await until(() => second.stats().stored === 61);
    expect(receiver.events).toEqual(numbers(0, 61));
    expect(second.stats()).toMatchObject({ queued: 0, spooled: 0, duplicate: 0 });
  });

  it('keeps the process alive until everything is in its place', async () => {
    const program = `
      const { PredictionLogClient } = require(${JSON.stringify(path.join(__dirname, 'prediction-log-client.ts'))});
      const transport = { send: () => Promise.resolve({ kind: 'unavailable', reason: 'away' }) };
      const sender = new PredictionLogClient({ transport, spool: { folder: ${JSON.stringify(folder)}, maxBytes: 1e6 } });
      for (let number = 0; number < 10; number += 1) sender.add(String(number));
      sender.flush(100).then((lost) => console.log('lost ' + lost));`;
    const run = promisify(execFile);
    const root = path.resolve(__dirname, '../../..');
    const { stdout } = await run(
      'sh',
      [
        '-c',
        'TSX_TSCONFIG_PATH=tsconfig.base.json exec "$@"',
        'sh',
        process.execPath,
        '--require',
        'tsx/cjs',
        '--eval',
        program,
      ],
      { cwd: root },
    );
    expect(stdout).toBe('lost 0\n');
    client();
    await until(() => receiver.events.length === 10);
  });

  it('sends by itself what an earlier process left', async () => {
    receiver.isAway = true;
    const first = client();
    for (const event of numbers(0, 5)) first.add(event);
    await flushed(first, 0);
    receiver.isAway = false;
    client();
    await until(() => receiver.events.length === 5);
  });

  it('has on disk, within moments, whatever comes while the receiver is away', async () => {
    receiver.isAway = true;
    // Longer than the disk takes, at the pace of this clock.
    const sender = client({ minRetryMs: 1e9, maxRetryMs: 1e9 });
    sender.add('0');
    await until(() => sender.stats().spooled === 1);
    const tries = receiver.tries;
    sender.add('1');
    await until(() => sender.stats().spooled === 2);
    expect(receiver.tries).toBe(tries);
  });

  it('loses none of a long absence, however little fits into memory', async () => {
    receiver.isAway = true;
    const sender = client({ maxQueuedEvents: 100 });
    for (const event of numbers(0, 1000)) {
      await until(() => sender.hasRoomFor(1));
      sender.add(event);
    }
    receiver.isAway = false;
    await until(() => sender.stats().stored === 1000);

    expect(receiver.events).toEqual(numbers(0, 1000));
    expect(sender.stats()).toMatchObject({ dropped: 0, spooled: 0, queued: 0 });
  });

  it.each(['accepts it in the end', 'does not take it'])(
    'moves events to the disk while a batch is on its way, and the receiver %s',
    async (end) => {
      const sender = client({ maxQueuedEvents: 100, maxBatchEvents: 30 });
      receiver.hold();
      for (const event of numbers(0, 40)) sender.add(event);
      await until(() => receiver.tries === 1);
      for (const event of numbers(40, 1000)) {
        await until(() => sender.hasRoomFor(1));
        sender.add(event);
      }
      expect(receiver.events).toEqual([]);
      expect(sender.stats().spooled).toBeGreaterThan(800);

      receiver.letGo(end === 'accepts it in the end');
      await until(() => sender.stats().stored === 1000);
      expect(receiver.events).toEqual(numbers(0, 1000));
      expect(sender.stats()).toMatchObject({ dropped: 0, duplicate: 0, spooled: 0, queued: 0 });
    },
  );

  it('keeps the order while events come, go and move to the disk all at once', async () => {
    const sender = client({ maxQueuedEvents: 40, maxBatchEvents: 7, minRetryMs: 1, maxRetryMs: 50 });
    for (const event of numbers(0, 3000)) {
      receiver.isAway = Number(event) % 400 > 250;
      if (Number(event) % 100 === 7) receiver.hold();
      if (Number(event) % 100 === 60) receiver.letGo(Number(event) % 200 > 100);
      await until(() => sender.hasRoomFor(1));
      sender.add(event);
    }
    receiver.isAway = false;
    receiver.letGo(true);
    await until(() => sender.stats().stored === 3000);

    expect(receiver.events).toEqual(numbers(0, 3000));
    expect(sender.stats()).toMatchObject({ dropped: 0, spooled: 0, queued: 0 });
    expect(problems).toEqual([]);
  });

  it('drops only what neither disk nor memory can hold, counts it, and has room again later', async () => {
    receiver.isAway = true;
    const sender = client({ maxQueuedEvents: 10, spool: { folder, maxBytes: 200 } });
    let kept = 0;
    for (const event of numbers(0, 10)) if (sender.add(event)) kept += 1;
    // Room in memory that the disk makes late would be taken for room at the end.
    await until(() => sender.stats().spooled === 10);
    for (const event of numbers(10, 100)) {
      if (sender.add(event)) kept += 1;
      await clock.advance(20);
    }
    expect(sender.hasRoomFor(1)).toBe(false);
    expect(kept).toBeLessThan(30);
    expect(sender.stats().dropped).toBe(100 - kept);

    receiver.isAway = false;
    await until(() => sender.stats().stored === kept);
    expect(sender.hasRoomFor(1)).toBe(true);
    // Being full is no fault.
    expect(problems).toEqual([]);
  });

  it('keeps every large event it took, several at a time, when neither disk nor memory can hold more', async () => {
    receiver.isAway = true;
    const sender = client({ maxQueuedBytes: 20_000, spool: { folder, maxBytes: 50_000 } });
    const taken: string[] = [];
    // Memory holds less than 20 kB: what the disk has no room for then is more than 30 kB.
    const isDiskFull = (): boolean => sender.stats().spooledBytes > 30_000;
    for (let request = 0; ; request += 1) {
      const rows = [0, 1, 2].map((row) => JSON.stringify({ request, row, pixels: 'x'.repeat(1500) }));
      if (sender.offer(rows)) taken.push(...rows);
      else if (isDiskFull()) break;
      await clock.advance(20);
    }
    expect(sender.hasRoomFor(3)).toBe(false);

    receiver.isAway = false;
    await until(() => sender.stats().stored === taken.length);
    expect(receiver.events).toEqual(taken);
    expect(sender.stats()).toMatchObject({ dropped: 0, spooled: 0, queued: 0 });
    expect(sender.hasRoomFor(3)).toBe(true);
  });

  it.each(['disk', 'memory'])(
    'sets aside what the receiver refuses for good, sent from %s',
    async (place) => {
      receiver.isAway = place === 'disk';
      const sender = client();
      receiver.refused = '"bad"';
      for (const event of ['"good"', '"bad"', '"fine"']) sender.add(event);
      if (place === 'disk') await until(() => sender.stats().spooled === 3);
      receiver.isAway = false;
      await until(() => problems.length > 0);

      expect(problems).toEqual([`5 bytes set aside in ${folder}: bad indeed`]);
      expect(sender.stats()).toMatchObject({ stored: 2, rejected: 1 });
      const aside = await readFile(path.join(folder, 'set-aside.ndjson'), 'utf8');
      expect(JSON.parse(aside)).toMatchObject({ reason: 'bad indeed', text: '"bad"' });
    },
  );

  it('works from memory while its folder belongs to another process, and from the disk afterwards', async () => {
    const other = await Spool.open({ folder, maxBytes: 1e6 });
    await other.append([Buffer.from('"left behind"')]);
    const sender = client();
    sender.add('1');
    await until(() => sender.stats().stored === 1);
    expect(problems).toEqual([expect.stringContaining('uses the folder') as string]);

    await other.close();
    await until(() => receiver.events.length === 2);
    expect(receiver.events).toEqual(['1', '"left behind"']);
    expect(problems).toHaveLength(1);
  });

  it('goes on with a new folder when somebody removes it', async () => {
    receiver.isAway = true;
    const sender = client();
    sender.add('1');
    await until(() => sender.stats().spooled === 1);
    // Sent from there once, so that its file is open: only the lock tells that it is gone.
    const { tries } = receiver;
    await until(() => receiver.tries > tries);
    await rm(folder, { recursive: true });
    await until(() => problems.length === 1);
    sender.add('2');
    await until(() => sender.stats().spooled === 1);

    receiver.isAway = false;
    await until(() => receiver.events.length === 1);
    expect(receiver.events).toEqual(['2']);
    expect(problems).toEqual([expect.stringContaining('is lost: its lock file is gone') as string]);
  });
});

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

/** Takes every batch, none while it is away, and leaves one unanswered while it holds it. */
class Receiver implements EventTransport {
  readonly events: string[] = [];
  tries = 0;
  isAway = false;
  refused: string | undefined;
  private held: Promise<boolean> | undefined;
  private release: (isAccepted: boolean) => void = () => undefined;

  hold(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  letGo(isAccepted: boolean): void {
    this.held = undefined;
    this.release(isAccepted);
  }

  async send(block: EventBlock, signal: AbortSignal): Promise<Delivery> {
    const batch = block.payloads().map((json) => json.toString());
    this.tries += 1;
    const stop = (): void => this.release(false);
    signal.addEventListener('abort', stop);
    const isAccepted = this.held === undefined || (await this.held);
    signal.removeEventListener('abort', stop);
    if (this.isAway || !isAccepted) return { kind: 'unavailable', reason: 'away' };
    const rejectedIndexes = batch.flatMap((event, index) => (event === this.refused ? [index] : []));
    this.events.push(...batch.filter((event) => event !== this.refused));
    const stored = batch.length - rejectedIndexes.length;
    const kept = { kind: 'accepted', stored, duplicates: 0, rejected: rejectedIndexes.length } as const;
    return rejectedIndexes.length === 0 ? kept : { ...kept, rejectedIndexes, reason: 'bad indeed' };
  }
}
