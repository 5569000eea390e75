import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tidegate/clock';
import { FakeClock, FaultyDnsServer } from '@tidegate/testing';
import { Agent, request as undiciRequest } from 'undici';
import { AddressBook } from './address-book';
import type { Address } from './address';
import { createLookup } from './connect-lookup';
import { NameServer } from './name-server';
import { SystemLookup } from './system-lookup';

const name = 'mlflow.tidegate-test.local';

/** Cache time is the test's; network deadlines are real, and short. */
function createBook(
  server: FaultyDnsServer,
  system: string[] = [],
  fallback?: Address,
): { book: AddressBook; clock: FakeClock } {
  const clock = new FakeClock();
  const book = new AddressBook({
    clock,
    nameServer: new NameServer({ clock: systemClock, servers: [server.address], deadlineMs: 600 }),
    system: new SystemLookup({
      clock: systemClock,
      lookup: () => Promise.resolve(system.map((address) => ({ address, family: 4 }))),
    }),
    fallbacks: fallback === undefined ? new Map() : new Map([[name, fallback]]),
    random: () => 0,
  });
  return { book, clock };
}

async function outcomeOf(book: AddressBook): Promise<string> {
  return book.resolve(name).then(
    ({ origin, addresses }) => `${origin} ${addresses.map(({ address }) => address).join(' ')}`,
    (error: { code: string }) => error.code,
  );
}

/** Reads until the background refresh has brought the outcome. */
async function eventually(book: AddressBook, clock: FakeClock, expected: string): Promise<void> {
  for (let turn = 0; turn < 200 && (await outcomeOf(book)) !== expected; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(20);
  }
  expect(await outcomeOf(book)).toBe(expected);
}

describe('discovery against a real name server that misbehaves', () => {
  let server: FaultyDnsServer;

  beforeEach(async () => {
    server = await FaultyDnsServer.start();
    server.answer(name, { addresses: ['10.0.0.1'], ttlSeconds: 60 });
  });
  afterEach(() => server.stop());

  it('answers, and 1000 callers at once are one query for each family', async () => {
    const { book } = createBook(server);
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => outcomeOf(book)));
    expect(new Set(outcomes)).toEqual(new Set(['name-server 10.0.0.1']));
    expect([server.countQueries(name, 'A'), server.countQueries(name, 'AAAA')]).toEqual([1, 1]);
  });

  it.each([
    ['drops queries', { isDropped: true }],
    ['answers too late', { addresses: ['10.0.0.1'], delayMs: 60_000 }],
    ['fails', { rcode: 'SERVFAIL' }],
    ['refuses', { rcode: 'REFUSED' }],
    ['sends garbage', { isGarbage: true }],
    ['names the metadata address', { addresses: ['169.254.169.254'] }],
    ['does not know the name', { rcode: 'NXDOMAIN' }],
    ['sends an alias loop', { cname: name }],
  ] as const)("a server that %s leads to the system's look-up", async (_what, behaviour) => {
    server.answer(name, behaviour);
    expect(await outcomeOf(createBook(server, ['10.0.0.2']).book)).toBe('system 10.0.0.2');
  });

  it('a truncated answer is had over TCP', async () => {
    server.answer(name, { addresses: ['10.0.0.1', '10.0.0.2'], isTruncated: true });
    expect(await outcomeOf(createBook(server).book)).toBe('name-server 10.0.0.1 10.0.0.2');
    expect(server.queries.some(({ transport }) => transport === 'tcp')).toBe(true);
  });

  it.each([{ rcode: 'SERVFAIL' }, { isDropped: true }, { isGarbage: true }] as const)(
    'AAAA with %j leaves the A answer alone',
    async (behaviour) => {
      server.answer(name, behaviour, 'AAAA');
      expect(await outcomeOf(createBook(server).book)).toBe('name-server 10.0.0.1');
    },
  );

  it('the smallest TTL of aliases and addresses counts', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], cname: 'task.local', ttlSeconds: 2 });
    const { book, clock } = createBook(server);
    await book.resolve(name);
    await clock.advance(2_000);
    expect(book.state(name).cache).toBe('expired');
  });

  it('while the server is gone the last answer serves 300 s, then it is back', async () => {
    const { book, clock } = createBook(server);
    await book.resolve(name);
    await server.stop();
    await clock.advance(60_000);
    expect(await outcomeOf(book)).toBe('stale 10.0.0.1');
    await clock.advance(300_000);
    expect(await outcomeOf(book)).toBe('stale 10.0.0.1');
    await clock.advance(1_000);
    expect(await outcomeOf(book)).toBe('DNS_SERVER_UNREACHABLE');
    await server.startAgain();
    server.answer(name, { addresses: ['10.0.0.5'] });
    await eventually(book, clock, 'cache 10.0.0.5');
  });

  it('a name that is gone, confirmed once, ends in the fall-back address', async () => {
    const { book, clock } = createBook(server, [], { address: '10.0.9.9', family: 4 });
    await book.resolve(name);
    server.answer(name, { rcode: 'NXDOMAIN' });
    const before = server.countQueries(name, 'A');
    await clock.advance(60_000);
    expect(await outcomeOf(book)).toBe('fallback 10.0.9.9');
    expect(server.countQueries(name, 'A') - before).toBe(2);
  });

  it('gone for one moment only is not believed', async () => {
    const { book } = createBook(server);
    server.answer(name, { rcode: 'NXDOMAIN' });
    const outcome = outcomeOf(book);
    while (server.countQueries(name, 'A') < 1 || server.countQueries(name, 'AAAA') < 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    server.answer(name, { addresses: ['10.0.0.1'] });
    expect(await outcome).toBe('name-server 10.0.0.1');
  });
});

describe('connecting through the address book', () => {
  let dnsServer: FaultyDnsServer;
  let target: Server;

  beforeEach(async () => {
    dnsServer = await FaultyDnsServer.start();
    target = createServer((incoming, response) => response.end(incoming.headers.host));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await dnsServer.stop();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });

  it.each([undefined, 4] as const)(
    'node:http reaches a name only our name server knows (family %s)',
    async (family) => {
      dnsServer.answer(name, { addresses: ['127.0.0.1'] });
      const lookup = createLookup(createBook(dnsServer).book);
      const { port } = target.address() as AddressInfo;
      const status = await new Promise((resolve, reject) => {
        request({ host: name, port, lookup, family }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(200);
    },
  );

  it('undici does too, and sees our error when there is no address', async () => {
    dnsServer.answer(name, { addresses: ['127.0.0.1'] });
    const agent = new Agent({ connect: { lookup: createLookup(createBook(dnsServer).book) } });
    const { port } = target.address() as AddressInfo;
    const { body } = await undiciRequest(`http://${name}:${port}/`, { dispatcher: agent });
    expect(await body.text()).toBe(`${name}:${port}`);
    await expect(undiciRequest('http://unknown.local/', { dispatcher: agent })).rejects.toMatchObject({
      code: 'DNS_NAME_NOT_FOUND',
    });
    await agent.close();
  });

  it('a family the name does not have is an error of its own', async () => {
    dnsServer.answer(name, { addresses: ['127.0.0.1'] });
    const lookup = createLookup(createBook(dnsServer).book);
    const error = await new Promise((resolve) => lookup(name, { family: 6, all: true }, resolve));
    expect(error).toMatchObject({ code: 'DNS_FAMILY_NOT_FOUND' });
  });
});
