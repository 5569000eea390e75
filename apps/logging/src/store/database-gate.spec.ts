import { Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '@tidegate/database';
import { FakeClock } from '@tidegate/testing';
import { DatabaseGate } from './database-gate';

const away = (code = 'ECONNREFUSED'): DatabaseUnavailable => new DatabaseUnavailable(code, new Error('away'));

describe('DatabaseGate', () => {
  let clock: FakeClock;
  let gate: DatabaseGate;
  let trials: number;
  let tryWrite: (signal: AbortSignal) => Promise<void>;

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    clock = new FakeClock();
    trials = 0;
    tryWrite = () => Promise.reject(away());
    gate = new DatabaseGate((signal) => {
      trials += 1;
      return tryWrite(signal);
    }, clock);
  });
  afterEach(async () => {
    await gate.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
  });

  it('shuts at the first failure, tells who listens once, and opens when a trial could write', async () => {
    const told: string[] = [];
    const stopListening = gate.onShut(() => told.push('left before'));
    gate.onShut(({ causeCode }) => told.push(causeCode));
    stopListening();
    gate.failed(away(), gate.opening);
    gate.failed(away('another'), gate.opening);
    expect(gate.isOpen).toBe(false);
    expect(gate.failure?.causeCode).toBe('ECONNREFUSED');
    expect(told).toEqual(['ECONNREFUSED']);
    // 100, 200, 400, 800, 1600, then every 2000 ms.
    await clock.advance(3100);
    expect(trials).toBe(5);
    await clock.advance(4000);
    expect(trials).toBe(7);
    tryWrite = () => Promise.resolve();
    await clock.advance(2000);
    expect(gate.isOpen).toBe(true);
    await clock.advance(60_000);
    expect(trials).toBe(8);
  });

  it('gives up a trial that gets no answer, and tries again', async () => {
    const aborted: boolean[] = [];
    tryWrite = (signal) => {
      signal.addEventListener('abort', () => aborted.push(true));
      return new Promise(() => undefined);
    };
    gate.failed(away(), gate.opening);
    await clock.advance(100 + 2000);
    expect(aborted).toEqual([true]);
    expect(gate.failure?.causeCode).toBe('NO_ANSWER');
    tryWrite = () => Promise.resolve();
    await clock.advance(200);
    expect(gate.isOpen).toBe(true);
  });

  it('does not mind mistakes, deadlocks and locks, which say nothing of the database', () => {
    for (const error of [new Error('a bug'), away('40P01'), away('40001'), away('55P03')])
      gate.failed(error, gate.opening);
    expect(gate.isOpen).toBe(true);
  });

  it('does not shut for a failure of work that began before it opened last', async () => {
    const opening = gate.opening;
    gate.failed(away(), opening);
    tryWrite = () => Promise.resolve();
    await clock.advance(100);
    gate.failed(away(), opening);
    expect(gate.isOpen).toBe(true);
    gate.failed(away(), gate.opening);
    expect(gate.isOpen).toBe(false);
  });

  it('believes a probe unless commits went through meanwhile', async () => {
    const report = {
      status: 'unhealthy' as const,
      failure: { code: 'PROBE_TIMEOUT', cause: 'no answer' },
      checkedAtMs: 0,
      responseTimeMs: 2000,
    };
    await clock.advance(10_000);
    gate.succeeded();
    await clock.advance(1999);
    gate.probed(report);
    expect(gate.isOpen).toBe(true);
    await clock.advance(2);
    gate.probed({ ...report, status: 'healthy' });
    expect(gate.isOpen).toBe(true);
    gate.probed(report);
    expect(gate.failure?.causeCode).toBe('PROBE_TIMEOUT');
  });
});
