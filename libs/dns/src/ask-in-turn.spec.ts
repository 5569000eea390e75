import { FakeClock } from '@tidegate/testing';
import { askInTurn } from './ask-in-turn';
import { Deadline } from './deadline';
import type { Reply } from './dns-message';

const answer: Reply = { kind: 'records', addresses: [{ address: '10.0.0.1', family: 4 }], ttlSeconds: 60 };
const failure: Reply = { kind: 'failed', code: 'DNS_SERVER_FAILED' };
const unreachable: Reply = { kind: 'failed', code: 'DNS_SERVER_UNREACHABLE' };

/** Servers by port. Each question waits until the test answers it. */
function arrange(servers: number): {
  clock: FakeClock;
  asked: number[];
  reply: (index: number, reply: Reply) => Promise<void>;
  signals: AbortSignal[];
  outcome: Promise<Reply>;
} {
  const clock = new FakeClock();
  const deadline = new Deadline(clock, 1_500);
  const asked: number[] = [];
  const signals: AbortSignal[] = [];
  const settle: ((reply: Reply) => void)[] = [];
  const outcome = askInTurn(
    { hostname: 'a.local', family: 4 },
    {
      clock,
      deadline,
      servers: Array.from({ length: servers }, (_, index) => ({ address: '10.0.0.2', port: index + 1 })),
      ask: ({ port }, _question, signal) => {
        asked.push(port);
        signals.push(signal);
        return new Promise((resolve) => settle.push(resolve));
      },
    },
  );
  void outcome.then(() => deadline.cancel());
  const reply = async (index: number, given: Reply): Promise<void> => {
    settle[index]?.(given);
    await clock.advance(0);
  };
  return { clock, asked, reply, signals, outcome };
}

describe('asking several servers', () => {
  it('leaves the others alone while the first one answers, and ends what is open', async () => {
    const { clock, asked, reply, signals, outcome } = arrange(2);
    await clock.advance(399);
    await reply(0, answer);
    expect(await outcome).toEqual(answer);
    expect(asked).toEqual([1]);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('turns to the next one after 400 ms, and around', async () => {
    const { clock, asked, outcome } = arrange(3);
    await clock.advance(1_499);
    expect(asked).toEqual([1, 2, 3, 1]);
    await clock.advance(1);
    expect(await outcome).toEqual({ kind: 'failed', code: 'DNS_TIMEOUT' });
  });

  it('takes the late answer of the first one while the second is asked', async () => {
    const { clock, reply, outcome } = arrange(2);
    await clock.advance(500);
    await reply(0, answer);
    expect(await outcome).toEqual(answer);
  });

  it('turns to the next one at once when one fails, and never back to it', async () => {
    const { clock, asked, reply, outcome } = arrange(2);
    await reply(0, failure);
    expect(asked).toEqual([1, 2]);
    await clock.advance(800);
    expect(asked).toEqual([1, 2, 2, 2]);
    await reply(3, answer);
    expect(await outcome).toEqual(answer);
  });

  it('does not hurry a server that is being asked already when an earlier one fails', async () => {
    const { clock, asked, reply } = arrange(2);
    await clock.advance(500);
    await reply(0, failure);
    expect(asked).toEqual([1, 2]);
    await clock.advance(300);
    expect(asked).toEqual([1, 2, 2]);
  });

  it('fails with the last failure when all have failed, without waiting for the deadline', async () => {
    const { clock, reply, outcome } = arrange(2);
    await reply(0, failure);
    await reply(1, unreachable);
    expect(await outcome).toEqual(unreachable);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails at once when there is none', async () => {
    expect(await arrange(0).outcome).toEqual(unreachable);
  });
});
