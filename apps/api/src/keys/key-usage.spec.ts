import { Logger } from '@nestjs/common';
import { generateApiKey, PepperRing } from '@tidegate/api-keys';
import { FakeClock } from '@tidegate/testing';
import type { KeyRecord } from './key-record';
import { KeyUsage, type KeyUse } from './key-usage';

const key = generateApiKey({ environment: 'dev' });
const other = generateApiKey({ environment: 'dev' });
const before = new PepperRing('the pepper before');
const peppers = new PepperRing('the pepper now', 'the pepper before');
const recordOf = ({ id, text }: typeof key, ring = peppers): KeyRecord =>
  ({ id, ...ring.hash(text) }) as KeyRecord;

describe('KeyUsage', () => {
  let clock: FakeClock;
  let batches: (readonly KeyUse[])[];
  let isAway: boolean;
  let usage: KeyUsage;

  beforeEach(() => {
    clock = new FakeClock();
    batches = [];
    isAway = false;
    const recordUses = (uses: readonly KeyUse[]): Promise<void> => {
      batches.push(uses);
      return isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve();
    };
    usage = new KeyUsage({ recordUses }, peppers, clock);
    usage.start();
  });

  it('writes one batch in 30 s, with the latest use of each key, and none when no key was used', async () => {
    usage.used(key.text, recordOf(key));
    await clock.advance(10_000);
    usage.used(key.text, recordOf(key));
    usage.used(other.text, recordOf(other));
    expect(batches).toEqual([]);
    await clock.advance(20_000);
    await clock.advance(60_000);
    const usedAtMs = clock.nowMs() - 80_000;
    expect(batches).toEqual([
      [
        { id: key.id, usedAtMs, rehash: undefined },
        { id: other.id, usedAtMs, rehash: undefined },
      ],
    ]);
  });

  it('writes what is left at the end, and nothing after it', async () => {
    usage.used(key.text, recordOf(key));
    await usage.stop();
    expect(batches).toHaveLength(1);
    usage.used(key.text, recordOf(key));
    await clock.advance(60_000);
    expect(batches).toHaveLength(1);
  });

  it('writes a batch that failed with the next one, and says once that it fails', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    isAway = true;
    usage.used(key.text, recordOf(key));
    await clock.advance(60_000);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
    isAway = false;
    usage.used(other.text, recordOf(other));
    await clock.advance(30_000);
    expect(batches[2]?.map(({ id }) => id).sort()).toEqual([key.id, other.id].sort());
    await clock.advance(30_000);
    expect(batches).toHaveLength(3);
  });

  it('makes hashes of the pepper before anew, once no process can be left that knows only that one', async () => {
    const old = recordOf(key, before);
    usage.used(key.text, old);
    await clock.advance(3_600_000);
    usage.used(key.text, old);
    await clock.advance(30_000);
    expect(batches.map(([use]) => use?.rehash)).toEqual([
      undefined,
      { ...peppers.hash(key.text), oldPepperId: old.pepperId },
    ]);
    expect(JSON.stringify(batches)).not.toContain(key.text.slice(-40));
  });
});
