import { FaultyDnsServer, type DnsBehaviour } from '@tidegate/testing';
import { discover, name, type Discovery } from '../test/discover';

const fallback = { address: '10.0.9.9', family: 4 } as const;

let server: FaultyDnsServer;
beforeEach(async () => {
  server = await FaultyDnsServer.start();
  server.answer(name, { addresses: ['10.0.0.1'], ttlSeconds: 10 });
});
afterEach(() => server.stop());

/** Somebody asks ten times a second; the outcomes of that time, each once. */
async function askFor(seconds: number, { clock, outcome }: Discovery): Promise<Set<string>> {
  const outcomes: Promise<string>[] = [];
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    outcomes.push(outcome());
    await clock.advance(100);
  }
  // Whoever asked last may still wait for the name server.
  await clock.advance(1_500);
  return new Set(await Promise.all(outcomes));
}

/** Reads until the background refresh has brought the outcome. */
async function eventually(expected: string, { clock, outcome }: Discovery): Promise<void> {
  for (let turn = 0; turn < 1_000 && (await outcome()) !== expected; turn += 1) await clock.advance(100);
  expect(await outcome()).toBe(expected);
}

describe('an outage under load', () => {
  const outages: [string, () => Promise<void>][] = [
    ['is gone', () => server.stop()],
    ['drops queries', () => say({ isDropped: true })],
    ['sends garbage', () => say({ isGarbage: true })],
    ['answers SERVFAIL', () => say({ rcode: 'SERVFAIL' })],
    ['answers with the records of strangers', () => say({ addresses: ['10.6.6.6'], ownerName: 'b.local' })],
  ];
  const say = (behaviour: DnsBehaviour): Promise<void> => Promise.resolve(server.answer(name, behaviour));

  it.each(outages)(
    'of 299 s while the server %s fails nobody, and its end is noticed',
    async (_what, begin) => {
      const discovery = discover([server]);
      expect(await askFor(12, discovery)).toEqual(new Set(['name-server 10.0.0.1', 'cache 10.0.0.1']));
      await begin();
      expect(await askFor(299, discovery)).toEqual(new Set(['cache 10.0.0.1', 'stale 10.0.0.1']));
      await server.startAgain();
      server.answer(name, { addresses: ['10.0.0.5'], ttlSeconds: 10 });
      await eventually('cache 10.0.0.5', discovery);
    },
  );

  it.each([
    [fallback, 'fallback 10.0.9.9'],
    [undefined, 'DNS_SERVER_UNREACHABLE'],
  ])('ends at 301 s after expiry with %j in %s', async (emergencyAddress, expected) => {
    const discovery = discover([server], [], emergencyAddress);
    await discovery.outcome();
    await server.stop();
    await discovery.clock.advance(10_000 + 300_000);
    expect(await discovery.outcome()).toBe('stale 10.0.0.1');
    await discovery.clock.advance(1_000);
    expect(await discovery.outcome()).toBe(expected);
    await server.startAgain();
    await eventually('cache 10.0.0.1', discovery);
  });
});

describe('a name that is gone', () => {
  it('ends the stale state once that is confirmed: fall-back address, then back', async () => {
    const discovery = discover([server], [], fallback);
    await discovery.outcome();
    server.answer(name, { rcode: 'NXDOMAIN' });
    const before = server.countQueries(name, 'A');
    await discovery.clock.advance(10_000);
    expect(await discovery.outcome()).toBe('fallback 10.0.9.9');
    expect(server.countQueries(name, 'A') - before).toBe(2);
    server.answer(name, { addresses: ['10.0.0.5'] });
    await eventually('cache 10.0.0.5', discovery);
  });

  it('for one moment only is not believed', async () => {
    const discovery = discover([server]);
    server.answer(name, { rcode: 'NXDOMAIN', isHeld: true });
    const outcome = discovery.outcome();
    await server.received(name, 2);
    server.answer(name, { addresses: ['10.0.0.1'] });
    server.release();
    expect(await outcome).toBe('name-server 10.0.0.1');
  });
});
