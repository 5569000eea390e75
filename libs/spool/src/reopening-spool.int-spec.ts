import { rm } from 'node:fs/promises';
import { FakeClock } from '@tidegate/testing';
import { payloads, textsIn, useSpools } from '../test/use-spools';
import { ReopeningSpool } from './reopening-spool';

describe('a spool that is opened again', () => {
  const spools = useSpools();
  let clock: FakeClock;
  let told: string[];
  let made: ReopeningSpool[];

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    made = [];
  });
  afterEach(async () => {
    for (const spool of made) {
      await spool.end();
      await spool.current?.close();
    }
    expect(clock.pendingTimers).toBe(0);
  });

  function reopening(): ReopeningSpool {
    const spool = new ReopeningSpool({
      ...{ folder: spools.folder, maxBytes: 1e6, clock },
      observer: {
        onReady: () => told.push('ready'),
        onFailure: (error) => told.push((error as { code?: string }).code ?? String(error)),
        onSetAside: () => told.push('set aside'),
        onLost: (cause) => told.push(cause),
      },
    });
    made.push(spool);
    return spool;
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await clock.advance(500);
  }

  it('is there once another process has given the folder back', async () => {
    const other = await spools.open();
    const spool = reopening();
    await spool.opened;
    expect([spool.current, told]).toEqual([undefined, ['SPOOL_LOCKED']]);
    await other.append(payloads('a'));
    await other.close();

    await until(() => spool.current !== undefined);
    expect(told.at(-1)).toBe('ready');
    expect(spool.current && (await textsIn(spool.current))).toEqual(['a']);
  });

  it('is made anew when somebody removes its folder', async () => {
    const spool = reopening();
    await spool.opened;
    const first = spool.current;
    await rm(spools.folder, { recursive: true });

    await until(() => spool.current !== undefined && spool.current !== first);
    expect(told).toEqual(['ready', 'its lock file is gone or another one', 'ready']);
    await spool.current?.append(payloads('b'));
    await expect(first?.append(payloads('c'))).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
  });

  it('is not tried any more after its end', async () => {
    const other = await spools.open();
    const spool = reopening();
    await spool.opened;
    await spool.end();
    await other.close();
    await clock.advance(60_000);
    expect([spool.current, told]).toEqual([undefined, ['SPOOL_LOCKED']]);
  });
});
