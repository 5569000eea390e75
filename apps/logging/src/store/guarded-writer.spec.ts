import { Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '@tidegate/database';
import { FakeClock } from '@tidegate/testing';
import { DatabaseGate } from './database-gate';
import { GuardedWriter } from './guarded-writer';
import type { StorableEvent, StoreOutcome } from './storable-event';

const events = ['a', 'b'].map((id) => ({ id }) as StorableEvent);
const stored: StoreOutcome[] = [{ status: 'stored' }, { status: 'stored' }];

describe('GuardedWriter', () => {
  let clock: FakeClock;
  let gate: DatabaseGate;
  let writer: GuardedWriter;
  let commits: ((outcomes: StoreOutcome[]) => void)[];
  let late: StoreOutcome[];

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    clock = new FakeClock();
    commits = [];
    late = [];
    gate = new DatabaseGate(() => Promise.reject(new Error('away')), clock);
    const write = (): Promise<StoreOutcome[]> => new Promise((resolve) => commits.push(resolve));
    writer = new GuardedWriter(write, gate, clock, 1000, (_events, outcomes) => late.push(...outcomes));
  });
  afterEach(async () => {
    await gate.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives what the writer answers', async () => {
    const storing = writer.store(events);
    commits[0]?.(stored);
    expect(await storing).toEqual(stored);
    await clock.advance(10_000);
    expect(gate.isOpen).toBe(true);
  });

  it('shuts the gate when an event failed since the database is away', async () => {
    const storing = writer.store(events);
    const error = new DatabaseUnavailable('57P01', new Error('away'));
    commits[0]?.([{ status: 'stored' }, { status: 'failed', error }]);
    expect(await storing).toEqual([{ status: 'stored' }, { status: 'failed', error }]);
    expect(gate.failure?.causeCode).toBe('57P01');
  });

  it('gives up a commit that takes too long, and what runs beside it, and tells of their late ends', async () => {
    const both = [writer.store(events), writer.store(events)];
    // A second, and a millisecond for each event.
    await clock.advance(1001);
    expect(gate.isOpen).toBe(true);
    await clock.advance(1);
    for (const storing of both)
      expect(await storing).toEqual(
        events.map(() => ({
          status: 'failed',
          error: expect.objectContaining({ causeCode: 'COMMIT_TIMEOUT' }) as unknown,
        })),
      );
    commits[1]?.(stored);
    await clock.advance(0);
    expect(late).toEqual(stored);
  });

  it('does not touch the database while the gate is shut', async () => {
    gate.failed(new DatabaseUnavailable('ECONNREFUSED', new Error('away')), gate.opening);
    expect(await writer.store(events)).toMatchObject([{ status: 'failed' }, { status: 'failed' }]);
    expect(commits).toEqual([]);
  });

  it('passes a mistake on', async () => {
    const broken = new GuardedWriter(() => Promise.reject(new Error('a bug')), gate, clock, 1000);
    await expect(broken.store(events)).rejects.toThrow('a bug');
  });
});
