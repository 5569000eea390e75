import { decoyAddresses, FaultyDnsServer, rcodes, type DnsBehaviour } from '@tidegate/testing';
import { discover, name, type Discovery } from '../test/discover';
import type { DnsErrorCode } from './dns-error';

/** Lets the deadline of a look-up pass while a server is silent: every query is seen to arrive before time goes on. */
async function letTimePass({ clock }: Discovery, server: FaultyDnsServer, before = 0): Promise<void> {
  for (const [round, byMs] of [400, 400, 400, 300].entries()) {
    await server.received(name, before + 2 * (round + 1));
    await clock.advance(byMs);
  }
}

/** A name server's fault; `failed` is the lack of an answer, `absent` is the answer that there is no address. */
interface Fault {
  readonly what: string;
  readonly behaviour: DnsBehaviour;
  readonly code: DnsErrorCode;
  readonly kind: 'failed' | 'absent';
  /** Nothing that is an answer arrives: the deadline ends the look-up. */
  readonly isSilent?: boolean;
}

const address = '10.0.0.66';
const refused = [
  '0.0.0.0',
  '224.0.0.1',
  '169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0:0',
  'fe80::1',
  'ff02::1',
];
const chain = Array.from({ length: 17 }, (_, index) => `task-${index}.local`);

const faults: readonly Fault[] = [
  ...Object.keys(rcodes)
    .filter((rcode) => !['NOERROR', 'NXDOMAIN', 'BADVERS'].includes(rcode))
    .map((rcode): Fault => {
      const behaviour = { rcode: rcode as keyof typeof rcodes, addresses: [address] };
      return { what: `answers ${rcode}`, behaviour, code: 'DNS_SERVER_FAILED', kind: 'failed' };
    }),
  ...refused.map((bad): Fault => {
    const behaviour = { addresses: [bad] };
    return { what: `answers ${bad}`, behaviour, code: 'DNS_ADDRESS_REFUSED', kind: 'failed' };
  }),
  {
    what: 'does not know the name',
    behaviour: { rcode: 'NXDOMAIN' },
    code: 'DNS_NAME_NOT_FOUND',
    kind: 'absent',
  },
  { what: 'answers nothing', behaviour: { addresses: [] }, code: 'DNS_NAME_EMPTY', kind: 'absent' },
  {
    what: 'answers an alias without addresses',
    behaviour: { cname: 'task.local' },
    code: 'DNS_NAME_EMPTY',
    kind: 'absent',
  },
  {
    what: 'answers with the records of another owner',
    behaviour: { addresses: [address, 'fd00::66'], ownerName: 'stranger.local' },
    code: 'DNS_ANSWER_INVALID',
    kind: 'failed',
  },
  {
    what: 'answers an alias of itself',
    behaviour: { cname: name },
    code: 'DNS_ANSWER_INVALID',
    kind: 'failed',
  },
  {
    what: 'answers an alias loop',
    behaviour: { cname: ['task.local', name] },
    code: 'DNS_ANSWER_INVALID',
    kind: 'failed',
  },
  {
    what: 'answers a chain of 17 aliases',
    behaviour: { addresses: [address], cname: chain },
    code: 'DNS_ANSWER_INVALID',
    kind: 'failed',
  },
  {
    what: 'truncates and closes the TCP connection',
    behaviour: { addresses: [address], isTruncated: true, tcpFault: 'closed' },
    code: 'DNS_SERVER_FAILED',
    kind: 'failed',
  },
  {
    what: 'truncates and sends half of the message over TCP',
    behaviour: { addresses: [address], isTruncated: true, tcpFault: 'cut' },
    code: 'DNS_ANSWER_INVALID',
    kind: 'failed',
  },
  {
    what: 'could not read the question',
    behaviour: { rcode: 'FORMERR', isWithoutQuestion: true },
    code: 'DNS_SERVER_FAILED',
    kind: 'failed',
  },
  {
    what: 'drops queries',
    behaviour: { isDropped: true },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
  {
    what: 'answers too late',
    behaviour: { addresses: [address], isHeld: true },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
  {
    what: 'sends garbage',
    behaviour: { addresses: [address], isGarbage: true },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
  {
    what: 'sends half of the message',
    behaviour: { addresses: [address, 'fd00::66'], isCut: true },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
  {
    what: 'answers another question',
    behaviour: { addresses: [address], questionName: 'stranger.local' },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
  {
    what: 'leaves the question out of an answer',
    behaviour: { addresses: [address], isWithoutQuestion: true },
    code: 'DNS_TIMEOUT',
    kind: 'failed',
    isSilent: true,
  },
];

let server: FaultyDnsServer;
beforeEach(async () => {
  server = await FaultyDnsServer.start();
});
afterEach(() => server.stop());

/** Resolves when nothing of a look-up is left: neither sockets nor timers. */
async function nothingIsLeft(discovery: Discovery): Promise<void> {
  while (discovery.open() > 0 || server.openConnections > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(discovery.clock.pendingTimers).toBe(0);
}

describe.each(faults)('a name server that $what', ({ behaviour, code, kind, isSilent }) => {
  const lookUp = async (discovery: Discovery): Promise<string> => {
    const before = server.countQueries(name);
    const outcome = discovery.outcome();
    if (isSilent) await letTimePass(discovery, server, before);
    return outcome;
  };

  it(`is reported as ${code}, and leaves nothing open`, async () => {
    server.answer(name, behaviour);
    const discovery = discover([server]);
    expect(await lookUp(discovery)).toBe(code);
    server.release();
    await nothingIsLeft(discovery);
    expect(discovery.book.state(name)).toMatchObject({ cache: 'none', lastErrorCode: code });
  });

  it("leads to the system's look-up", async () => {
    server.answer(name, behaviour);
    expect(await lookUp(discover([server], ['10.0.0.2']))).toBe('system 10.0.0.2');
  });

  it(
    kind === 'failed' ? 'leaves the stale answer in use' : 'ends the stale state when confirmed',
    async () => {
      server.answer(name, { addresses: ['10.0.0.1'] });
      const discovery = discover([server]);
      await discovery.outcome();
      await discovery.clock.advance(60_000);
      server.answer(name, behaviour);
      const before = server.countQueries(name, 'A');
      expect(await lookUp(discovery)).toBe(kind === 'failed' ? 'stale 10.0.0.1' : code);
      if (kind === 'absent') expect(server.countQueries(name, 'A') - before).toBe(2);
    },
  );

  it('is passed over for the next one', async () => {
    const next = await FaultyDnsServer.start();
    server.answer(name, behaviour);
    next.answer(name, { addresses: ['10.0.0.5'] });
    const discovery = discover([server, next]);
    const outcome = discovery.outcome();
    if (isSilent) {
      await server.received(name, 2);
      await discovery.clock.advance(400);
    }
    // A refused address is what the server answers, not a failure to answer: it does not lead to the next one.
    expect(await outcome).toBe(code === 'DNS_ADDRESS_REFUSED' ? code : 'name-server 10.0.0.5');
    await nothingIsLeft(discovery);
    await next.stop();
  });

  it.each([
    ['AAAA', { addresses: ['10.0.0.1', 'fd00::1'] }, '10.0.0.1'],
    ['A', { addresses: ['10.0.0.1', 'fd00::1'] }, 'fd00::1'],
  ] as const)('about %s leaves the other family alone', async (type, good, expected) => {
    server.answer(name, good);
    server.answer(name, behaviour, type);
    const discovery = discover([server]);
    const outcome = discovery.outcome();
    if (isSilent) {
      await server.received(name, 1, type);
      await discovery.replied(1);
      await discovery.clock.advance(500);
    }
    expect(await outcome).toBe(`name-server ${expected}`);
  });
});

describe('a name server that is difficult but right', () => {
  const many = Array.from({ length: 200 }, (_, index) => `10.0.1.${index}`);

  it.each<[string, DnsBehaviour, string]>([
    ['truncates over UDP', { addresses: ['10.0.0.1'], isTruncated: true }, '10.0.0.1'],
    ['has more addresses than UDP carries', { addresses: many }, many.join(' ')],
    ['repeats itself', { addresses: ['10.0.0.1'], isRepeated: true }, '10.0.0.1'],
    ['is drowned out by forgers', { addresses: ['10.0.0.1'], hasDecoys: true }, '10.0.0.1'],
    ['does not know the extension', { addresses: ['10.0.0.1'], isWithoutEdns: true }, '10.0.0.1'],
    ['knows another version of it', { addresses: ['10.0.0.1'], rcode: 'BADVERS' }, '10.0.0.1'],
    [
      'spells the name its own way',
      { addresses: ['10.0.0.1'], questionName: name.toUpperCase() },
      '10.0.0.1',
    ],
    ['sends a chain of 16 aliases', { addresses: ['10.0.0.1'], cname: chain.slice(1) }, '10.0.0.1'],
    ['names an address twice', { addresses: ['10.0.0.1', '10.0.0.1'] }, '10.0.0.1'],
    ['names the metadata address as well', { addresses: ['169.254.169.254', '10.0.0.1'] }, '10.0.0.1'],
  ])('that %s is understood', async (_what, behaviour, expected) => {
    server.answer(name, behaviour);
    const discovery = discover([server]);
    const outcome = await discovery.outcome();
    expect(outcome).toBe(`name-server ${expected}`);
    for (const decoy of Object.values(decoyAddresses)) expect(outcome).not.toContain(decoy);
    await nothingIsLeft(discovery);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [300, 300],
    [86_400, 300],
    [0xffff_ffff, 300],
  ])('a TTL of %d s counts as %d s', async (ttlSeconds, keptSeconds) => {
    server.answer(name, { addresses: ['10.0.0.1'], ttlSeconds });
    const { book, clock, outcome } = discover([server]);
    await outcome();
    await clock.advance(keptSeconds * 1000 - 1);
    expect(book.state(name).cache).toBe('fresh');
    await clock.advance(1);
    expect(book.state(name).cache).toBe('expired');
  });

  it('every query has a port and an id of its own', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], ttlSeconds: 1 });
    const { clock, outcome } = discover([server]);
    for (let round = 0; round < 10; round += 1) {
      await outcome();
      await clock.advance(1_000);
    }
    const { queries } = server;
    expect(queries).toHaveLength(20);
    expect(new Set(queries.map(({ id }) => id)).size).toBeGreaterThan(15);
    expect(new Set(queries.map(({ port }) => port)).size).toBeGreaterThan(15);
    expect(new Set(queries.map(({ udpPayloadSize }) => udpPayloadSize))).toEqual(new Set([1232]));
  });
});

describe('time and the wire', () => {
  it('1000 callers at once are one query for each family', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isHeld: true });
    const { outcome } = discover([server]);
    const outcomes = Promise.all(Array.from({ length: 1000 }, outcome));
    await server.received(name, 2);
    server.release();
    expect(new Set(await outcomes)).toEqual(new Set(['name-server 10.0.0.1']));
    expect([server.countQueries(name, 'A'), server.countQueries(name, 'AAAA')]).toEqual([1, 1]);
  });

  it('an answer that comes after the query was sent again still counts', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isHeld: true });
    const { clock, outcome } = discover([server]);
    const found = outcome();
    await server.received(name, 2);
    await clock.advance(400);
    await server.received(name, 4);
    server.release();
    expect(await found).toBe('name-server 10.0.0.1');
  });

  it('TCP that is refused, or silent, ends the look-up like any other failure', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isTruncated: true, tcpFault: 'silent' });
    const silent = discover([server]);
    const late = silent.outcome();
    await server.received(name, 4);
    await silent.clock.advance(1_500);
    expect(await late).toBe('DNS_TIMEOUT');
    await nothingIsLeft(silent);
    await server.stopTcp();
    expect(await discover([server]).outcome()).toBe('DNS_SERVER_UNREACHABLE');
  });

  it('a server that is gone is noticed at once, and passed over for the next one', async () => {
    const gone = await FaultyDnsServer.start();
    await gone.stop();
    server.answer(name, { addresses: ['10.0.0.1'] });
    expect(await discover([gone]).outcome()).toBe('DNS_SERVER_UNREACHABLE');
    expect(await discover([gone, server]).outcome()).toBe('name-server 10.0.0.1');
  });

  it('the second server is asked whether a name is really gone', async () => {
    const second = await FaultyDnsServer.start();
    second.answer(name, { addresses: ['10.0.0.5'] });
    server.answer(name, { rcode: 'NXDOMAIN' });
    expect(await discover([server, second]).outcome()).toBe('name-server 10.0.0.5');
    await second.stop();
  });

  it('a changed address is used from the next refresh on, every time', async () => {
    const { clock, book, outcome } = discover([server]);
    server.answer(name, { addresses: ['10.0.0.1'], ttlSeconds: 10 });
    await outcome();
    for (let flip = 2; flip < 12; flip += 1) {
      server.answer(name, { addresses: [`10.0.0.${flip}`], ttlSeconds: 10 });
      await clock.advance(8_000);
      expect(await outcome()).toBe(`cache 10.0.0.${flip - 1}`);
      while (book.state(name).addresses[0] !== `10.0.0.${flip}`) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await outcome()).toBe(`cache 10.0.0.${flip}`);
    }
  });

  it('the system answers meanwhile, for five seconds at a time', async () => {
    const discovery = discover([server], ['10.0.0.2']);
    const { clock, outcome } = discovery;
    await server.stop();
    expect(await outcome()).toBe('system 10.0.0.2');
    await clock.advance(3_999);
    expect(await outcome()).toBe('cache 10.0.0.2');
    await server.startAgain();
    server.answer(name, { addresses: ['10.0.0.1'] });
    await clock.advance(1_001);
    expect(await outcome()).toBe('stale 10.0.0.2');
    await discovery.replied(4);
    expect(await outcome()).toBe('cache 10.0.0.1');
  });
});
