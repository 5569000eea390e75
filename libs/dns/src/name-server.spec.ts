import { FakeClock } from '@tidegate/testing';
import { parseAddress } from './address';
import type { DnsErrorCode } from './dns-error';
import type { Reply } from './dns-message';
import { NameServer } from './name-server';

type Outcome = Reply | 'never';

function records(address: string, ttlSeconds = 60): Reply {
  return { kind: 'records', addresses: [parseAddress(address)!], ttlSeconds };
}
const failed = (code: DnsErrorCode): Reply => ({ kind: 'failed', code });

/** One outcome pair for each attempt, in order; the last one repeats. */
function arrange(...attempts: { v4: Outcome; v6: Outcome }[]): {
  clock: FakeClock;
  nameServer: NameServer;
  asked: { port: number; family: number }[];
} {
  const clock = new FakeClock();
  const asked: { port: number; family: number }[] = [];
  const nameServer = new NameServer({
    clock,
    servers: ['10.0.0.2:1', '10.0.0.2:2'],
    ask: ({ port }, { family }, signal) => {
      const earlier = asked.filter((question) => question.family === family).length;
      asked.push({ port, family });
      const attempt = attempts[Math.min(earlier, attempts.length - 1)]!;
      const outcome = family === 4 ? attempt.v4 : attempt.v6;
      if (outcome !== 'never') return Promise.resolve(outcome);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(failed('DNS_TIMEOUT'))));
    },
  });
  return { clock, nameServer, asked };
}

const noData: Reply = { kind: 'absent', code: 'DNS_NAME_EMPTY' };
const noName: Reply = { kind: 'absent', code: 'DNS_NAME_NOT_FOUND' };
const serverFailed = failed('DNS_SERVER_FAILED');

describe('a look-up at the name server', () => {
  it('joins both families and takes the smallest TTL', async () => {
    const { clock, nameServer } = arrange({ v4: records('10.0.0.1', 30), v6: records('fd00::1', 20) });
    expect(await nameServer.lookup('a.local')).toEqual({
      kind: 'found',
      addresses: [
        { address: '10.0.0.1', family: 4 },
        { address: 'fd00::1', family: 6 },
      ],
      ttlSeconds: 20,
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    [{ v4: records('10.0.0.1'), v6: serverFailed }, '10.0.0.1', 6],
    [{ v4: serverFailed, v6: records('fd00::1') }, 'fd00::1', 4],
  ])('keeps the family that answered when the other one fails', async (attempt, address, failedFamily) => {
    const result = await arrange(attempt).nameServer.lookup('a.local');
    expect(result).toMatchObject({ kind: 'found', addresses: [{ address }], failedFamily });
  });

  it('gives up at its deadline when nobody answers', async () => {
    const { clock, nameServer, asked } = arrange({ v4: 'never', v6: 'never' });
    const lookup = nameServer.lookup('a.local');
    const settled = jest.fn();
    void lookup.then(settled);
    await clock.advance(1_499);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(await lookup).toMatchObject({ kind: 'failed', error: { code: 'DNS_TIMEOUT' } });
    expect(asked.map(({ port }) => port)).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits only a moment for the second family once it has addresses', async () => {
    const { clock, nameServer } = arrange({ v4: records('10.0.0.1'), v6: 'never' });
    const lookup = nameServer.lookup('a.local');
    await clock.advance(500);
    expect(await lookup).toMatchObject({ kind: 'found', failedFamily: 6 });
  });

  it('believes that a name is gone only when it hears so twice, the second time from the next server', async () => {
    const gone = { v4: noName, v6: noName };
    const twice = arrange(gone);
    expect(await twice.nameServer.lookup('a.local')).toMatchObject({
      kind: 'absent',
      error: { code: 'DNS_NAME_NOT_FOUND' },
    });
    expect(twice.asked.map(({ port }) => port)).toEqual([1, 1, 2, 2]);
    const back = arrange(gone, { v4: records('10.0.0.1'), v6: noData });
    expect(await back.nameServer.lookup('a.local')).toMatchObject({ kind: 'found' });
    const unsure = arrange(gone, { v4: serverFailed, v6: serverFailed });
    expect(await unsure.nameServer.lookup('a.local')).toMatchObject({ kind: 'failed' });
  });

  it('does not take half an absence for an answer', async () => {
    for (const attempt of [
      { v4: noName, v6: serverFailed },
      { v4: serverFailed, v6: noName },
    ]) {
      expect(await arrange(attempt).nameServer.lookup('a.local')).toMatchObject({
        kind: 'failed',
        error: { code: 'DNS_SERVER_FAILED' },
      });
    }
  });

  it('leaves refused addresses out, and fails when no other is there', async () => {
    const mixed = arrange({ v4: records('0.0.0.0'), v6: records('fd00::1') });
    expect(await mixed.nameServer.lookup('a.local')).toMatchObject({
      addresses: [{ address: 'fd00::1', family: 6 }],
    });
    const metadata = arrange({ v4: records('169.254.169.254'), v6: noData });
    expect(await metadata.nameServer.lookup('a.local')).toMatchObject({
      kind: 'failed',
      error: { code: 'DNS_ADDRESS_REFUSED' },
    });
  });

  it('names a wrong server address before anything is asked', () => {
    expect(() => new NameServer({ clock: new FakeClock(), servers: ['dns.local'] })).toThrow('"dns.local"');
  });
});
