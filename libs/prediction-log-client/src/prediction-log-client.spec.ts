import type { PredictionEvent } from '@tidegate/schemas';
import { FakeClock } from '@tidegate/testing';
import type { EventBlock } from './event-block';
import type { Delivery, EventTransport } from './event-transport';
import { PredictionLogClient, type PredictionLogClientOptions } from './prediction-log-client';

describe('PredictionLogClient', () => {
  let clock: FakeClock;
  let transport: ScriptedTransport;
  const results: string[] = [];
  const availability: boolean[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    transport = new ScriptedTransport();
    results.length = 0;
    availability.length = 0;
  });

  function client(options: Partial<PredictionLogClientOptions> = {}): PredictionLogClient {
    return new PredictionLogClient({
      transport,
      clock,
      random: () => 0.5,
      observer: {
        onResult: (result, count) => results.push(`${result} ${count}`),
        onAvailability: (isAvailable) => availability.push(isAvailable),
      },
      ...options,
    });
  }

  it('sends what comes within the linger time as one batch, in order', async () => {
    const sender = client();

    for (const id of ['a', 'b', 'c']) sender.add(event(id));
    await clock.advance(49);
    expect(transport.batches).toEqual([]);
    await clock.advance(1);

    expect(transport.batches).toEqual([['a', 'b', 'c']]);
    expect(sender.stats()).toMatchObject({ stored: 3, duplicate: 0, rejected: 0, dropped: 0, queued: 0 });
    sender.add(event('d'));
    await clock.advance(50);
    expect(transport.batches).toHaveLength(2);
  });

  it('does not linger when a batch is full', async () => {
    const sender = client({ maxBatchEvents: 2 });

    for (const id of ['a', 'b', 'c']) sender.add(event(id));
    await clock.advance(0);

    expect(transport.batches).toEqual([['a', 'b']]);
    await clock.advance(50);
    expect(transport.batches).toEqual([['a', 'b'], ['c']]);
  });

  it('waits longer after each failure, keeps what comes meanwhile and sends it all when the log is back', async () => {
    const sender = client();
    transport.script = [unavailable(), unavailable(), unavailable()];

    sender.add(event('a'));
    await clock.advance(50);
    const waits: number[] = [];
    for (let tries = 1; tries < 4; tries += 1) {
      const startedMs = clock.monotonicMs();
      sender.add(event(`more-${tries}`));
      while (transport.batches.length === tries) await clock.advance(10);
      waits.push(clock.monotonicMs() - startedMs);
    }

    expect(waits).toEqual([150, 300, 600]);
    expect(transport.batches.at(-1)).toEqual(['a', 'more-1', 'more-2', 'more-3']);
    expect(sender.stats()).toMatchObject({ stored: 4, queued: 0 });
    expect(availability).toEqual([false, true]);
  });

  it('waits as long as the log asks, up to its own limit', async () => {
    const sender = client({ maxRetryMs: 3000 });
    transport.script = [unavailable(2000), unavailable(86_400_000)];

    sender.add(event('a'));
    await clock.advance(50);
    await clock.advance(1999);
    expect(transport.batches).toHaveLength(1);
    await clock.advance(100);
    expect(transport.batches).toHaveLength(2);
    await clock.advance(2999);
    expect(transport.batches).toHaveLength(2);
    await clock.advance(200);
    expect(transport.batches).toHaveLength(3);
  });

  it('drops the newest event when the queue is full, and counts it', async () => {
    const sender = client({ maxQueuedEvents: 2 });
    transport.script = [unavailable()];

    expect(['a', 'b', 'c'].map((id) => sender.add(event(id)))).toEqual([true, true, false]);
    await clock.advance(1000);

    expect(transport.batches.at(-1)).toEqual(['a', 'b']);
    expect(sender.stats()).toMatchObject({ stored: 2, dropped: 1, queued: 0 });
    expect(sender.add(event('d'))).toBe(true);
  });

  it('takes what is offered together or nothing of it, and leaves the count to who offers', async () => {
    const sender = client({ maxQueuedEvents: 3 });
    transport.script = [unavailable()];

    expect([['a', 'b'], ['c', 'd'], ['e']].map((ids) => sender.offer(ids.map(event)))).toEqual([
      true,
      false,
      true,
    ]);
    await clock.advance(1000);

    expect(transport.batches.at(-1)).toEqual(['a', 'b', 'e']);
    expect(sender.stats()).toMatchObject({ stored: 3, dropped: 0, queued: 0 });
    await expect(sender.flush(1000)).resolves.toBe(0);
    expect(sender.offer([event('late')])).toBe(false);
  });

  it('does not linger when what is offered fills a batch', async () => {
    const sender = client({ maxBatchEvents: 3 });
    sender.add(event('a'));
    await clock.advance(0);
    sender.offer(['b', 'c', 'd'].map(event));
    await clock.advance(0);
    expect(transport.batches).toEqual([['a', 'b', 'c']]);
  });

  it.each([100, 3000])('refuses in time, with events of %i characters and the log away', async (length) => {
    const sender = client({ maxQueuedEvents: 100, maxQueuedBytes: 64 * 1024 });
    transport.respond = () => unavailable();
    const rows = Array.from({ length: 4 }, () => JSON.stringify({ id: 'x'.repeat(length) }));
    let kept = 0;
    for (let request = 0; request < 50; request += 1) if (sender.offer(rows)) kept += rows.length;
    await clock.advance(60_000);

    expect(kept).toBe(length === 100 ? 100 : 20);
    expect(sender.stats()).toMatchObject({ queued: kept, dropped: 0 });
    expect(sender.hasRoomFor(rows.length)).toBe(false);
  });

  it('counts what the log rejects or knows already, and does not send it again', async () => {
    const sender = client();
    transport.script = [
      { kind: 'accepted', stored: 1, duplicates: 1, rejected: 1, reason: 'no timestamp' },
      { kind: 'refused', reason: 'HTTP 400' },
    ];

    for (const id of ['a', 'b', 'c']) sender.add(event(id));
    await clock.advance(50);
    sender.add(event('d'));
    await clock.advance(10_000);

    expect(results).toEqual(['stored 1', 'duplicate 1', 'rejected 1', 'rejected 1']);
    expect(transport.batches).toHaveLength(2);
    expect(sender.stats().queued).toBe(0);
  });

  it('sends smaller batches when one is too large, and gives up only on a single event', async () => {
    const sender = client();
    transport.respond = (ids) =>
      ids.includes('huge') || ids.length > 2 ? { kind: 'too-large', reason: 'HTTP 413' } : undefined;

    for (const id of ['a', 'b', 'huge', 'c']) sender.add(event(id));
    await clock.advance(1000);

    expect(sender.stats()).toMatchObject({ stored: 3, rejected: 1, queued: 0 });
  });

  it('flush sends the rest at once and ends in time when the log stays away', async () => {
    const sender = client();
    sender.add(event('a'));
    await expect(sender.flush(1000)).resolves.toBe(0);
    expect(transport.batches).toEqual([['a']]);
    expect(sender.add(event('late'))).toBe(false);

    const unlucky = client();
    transport.respond = () => unavailable();
    unlucky.add(event('b'));
    const flushed = unlucky.flush(5000);
    await clock.advance(5000);
    await expect(flushed).resolves.toBe(1);
    expect(unlucky.stats()).toMatchObject({ dropped: 1, queued: 0 });
  });
});

class ScriptedTransport implements EventTransport {
  readonly batches: string[][] = [];
  /** Answers in turn; afterwards everything is stored. */
  script: Delivery[] = [];
  respond: (ids: string[]) => Delivery | undefined = () => this.script.shift();

  send(batch: EventBlock): Promise<Delivery> {
    const ids = batch.payloads().map((json) => (JSON.parse(json.toString()) as PredictionEvent).id);
    this.batches.push(ids);
    return Promise.resolve(
      this.respond(ids) ?? { kind: 'accepted', stored: ids.length, duplicates: 0, rejected: 0 },
    );
  }
}

function unavailable(retryAfterMs?: number): Delivery {
  return { kind: 'unavailable', reason: 'HTTP 503', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function event(id: string): string {
  return JSON.stringify({ id, timestamp: '2026-01-01T00:00:00Z', model: 'digits', version: '1', outputs: 3 });
}
