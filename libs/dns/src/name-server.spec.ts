import type { RecordWithTtl } from 'node:dns';
import { FakeClock } from '@tidegate/testing';
import { NameServer, type RecordResolver } from './name-server';

type Outcome = RecordWithTtl[] | { code: string } | 'never';

function record(address: string, ttl = 60): RecordWithTtl {
  return { address, ttl };
}

/** One outcome pair for each attempt, in order; the last one repeats. */
function arrange(...attempts: { v4: Outcome; v6: Outcome }[]): {
  clock: FakeClock;
  nameServer: NameServer;
  counts: { created: number; cancelled: number };
} {
  const clock = new FakeClock();
  const counts = { created: 0, cancelled: 0 };
  const play = (outcome: Outcome): Promise<RecordWithTtl[]> => {
    if (outcome === 'never') return new Promise(() => undefined);
    return Array.isArray(outcome)
      ? Promise.resolve(outcome)
      : Promise.reject(Object.assign(new Error(outcome.code), outcome));
  };
  const createResolver = (): RecordResolver => {
    const attempt = attempts[Math.min(counts.created, attempts.length - 1)]!;
    counts.created += 1;
    return {
      resolve4: () => play(attempt.v4),
      resolve6: () => play(attempt.v6),
      cancel: () => void (counts.cancelled += 1),
    };
  };
  return { clock, nameServer: new NameServer({ clock, createResolver }), counts };
}

const noData = { code: 'ENODATA' };
const noName = { code: 'ENOTFOUND' };
const serverFailed = { code: 'ESERVFAIL' };

describe('a look-up at the name server', () => {
  it('joins both families and takes the smallest TTL', async () => {
    const { nameServer } = arrange({ v4: [record('10.0.0.1', 30)], v6: [record('fd00::1', 20)] });
    expect(await nameServer.lookup('a.local')).toEqual({
      kind: 'found',
      addresses: [
        { address: '10.0.0.1', family: 4 },
        { address: 'fd00::1', family: 6 },
      ],
      ttlSeconds: 20,
    });
  });

  it.each([
    [{ v4: [record('10.0.0.1')], v6: serverFailed }, '10.0.0.1', 6],
    [{ v4: serverFailed, v6: [record('fd00::1')] }, 'fd00::1', 4],
  ])('keeps the family that answered when the other one fails', async (attempt, address, failedFamily) => {
    const result = await arrange(attempt).nameServer.lookup('a.local');
    expect(result).toMatchObject({ kind: 'found', addresses: [{ address }], failedFamily });
  });

  it('gives up at its own deadline although the resolver never answers', async () => {
    const { clock, nameServer, counts } = arrange({ v4: 'never', v6: 'never' });
    const lookup = nameServer.lookup('a.local');
    const settled = jest.fn();
    void lookup.then(settled);
    await clock.advance(1_499);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(await lookup).toMatchObject({ kind: 'failed', error: { code: 'DNS_TIMEOUT' } });
    expect(counts).toEqual({ created: 1, cancelled: 1 });
  });

  it('waits only a moment for the second family once it has addresses', async () => {
    const { clock, nameServer } = arrange({ v4: [record('10.0.0.1')], v6: 'never' });
    const lookup = nameServer.lookup('a.local');
    await clock.advance(500);
    expect(await lookup).toMatchObject({ kind: 'found', failedFamily: 6 });
  });

  it('believes that a name is gone only when it hears so twice', async () => {
    const gone = { v4: noName, v6: noName };
    const twice = arrange(gone);
    expect(await twice.nameServer.lookup('a.local')).toMatchObject({
      kind: 'absent',
      error: { code: 'DNS_NAME_NOT_FOUND' },
    });
    expect(twice.counts.created).toBe(2);
    const back = arrange(gone, { v4: [record('10.0.0.1')], v6: noData });
    expect(await back.nameServer.lookup('a.local')).toMatchObject({ kind: 'found' });
    const unsure = arrange(gone, { v4: serverFailed, v6: serverFailed });
    expect(await unsure.nameServer.lookup('a.local')).toMatchObject({ kind: 'failed' });
  });

  it('takes an empty list, which Node gives for an alias loop, as absence', async () => {
    const { nameServer } = arrange({ v4: [], v6: noData });
    expect(await nameServer.lookup('a.local')).toMatchObject({
      kind: 'absent',
      error: { code: 'DNS_NAME_EMPTY' },
    });
  });

  it('does not take half an absence for an answer', async () => {
    const { nameServer } = arrange({ v4: noName, v6: serverFailed });
    expect(await nameServer.lookup('a.local')).toMatchObject({
      kind: 'failed',
      error: { code: 'DNS_SERVER_FAILED' },
    });
  });

  it('leaves refused addresses out, and fails when no other is there', async () => {
    const mixed = arrange({ v4: [record('0.0.0.0'), record('10.0.0.1')], v6: noData });
    expect(await mixed.nameServer.lookup('a.local')).toMatchObject({
      addresses: [{ address: '10.0.0.1', family: 4 }],
    });
    const metadata = arrange({ v4: [record('169.254.169.254')], v6: noData });
    expect(await metadata.nameServer.lookup('a.local')).toMatchObject({
      kind: 'failed',
      error: { code: 'DNS_ADDRESS_REFUSED' },
    });
  });
});
