import { promises as dns } from 'node:dns';
import { FaultyDnsServer } from './faulty-dns-server';

describe('the faulty name server', () => {
  const name = 'mlflow.tidegate-test.local';
  let server: FaultyDnsServer;

  const resolver = (timeout = 20_000): dns.Resolver => {
    const created = new dns.Resolver({ timeout, tries: 1 });
    created.setServers([server.address]);
    return created;
  };
  /** For what is never answered. */
  const impatient = (): dns.Resolver => resolver(200);

  beforeEach(async () => {
    server = await FaultyDnsServer.start();
  });
  afterEach(() => server.stop());

  it('answers each family with its addresses and the TTL it was given', async () => {
    server.answer(name, { addresses: ['10.0.0.1', '10.0.0.2', 'fd00::1'], ttlSeconds: 7 });
    expect(await resolver().resolve4(name, { ttl: true })).toEqual([
      { address: '10.0.0.1', ttl: 7 },
      { address: '10.0.0.2', ttl: 7 },
    ]);
    expect(await resolver().resolve6(name)).toEqual(['fd00::1']);
    expect(server.countQueries(name)).toBe(2);
    expect(server.countQueries(name, 'AAAA')).toBe(1);
  });

  it.each([
    [{ rcode: 'NXDOMAIN' }, 'ENOTFOUND'],
    [{ rcode: 'SERVFAIL' }, 'ESERVFAIL'],
    [{ rcode: 'REFUSED' }, 'EREFUSED'],
    [{ addresses: [] }, 'ENODATA'],
    [{ isDropped: true }, 'ETIMEOUT'],
    [{ addresses: ['10.0.0.1'], delayMs: 5_000 }, 'ETIMEOUT'],
  ] as const)('%j is seen as %s', async (behaviour, code) => {
    server.answer(name, behaviour);
    const asked = code === 'ETIMEOUT' ? impatient() : resolver();
    await expect(asked.resolve4(name)).rejects.toMatchObject({ code });
  });

  it('never gives an address for garbage', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isGarbage: true });
    await expect(impatient().resolve4(name)).rejects.toThrow(name);
    expect(server.countQueries(name)).toBeGreaterThan(0);
  });

  it('gives a truncated answer over TCP', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isTruncated: true });
    expect(await resolver().resolve4(name)).toEqual(['10.0.0.1']);
    expect(server.queries.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  it('follows an alias, and sends records of another owner', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], cname: 'task-1.local' });
    server.answer('other.local', { addresses: ['10.0.0.2'], ownerName: 'stranger.local' });
    expect(await resolver().resolve4(name)).toEqual(['10.0.0.1']);
    expect(await resolver().resolve4('other.local')).toEqual(['10.0.0.2']);
  });

  it('lets one query type fail alone', async () => {
    server.answer(name, { addresses: ['10.0.0.1'] });
    server.answer(name, { rcode: 'SERVFAIL' }, 'AAAA');
    expect(await resolver().resolve4(name)).toEqual(['10.0.0.1']);
    await expect(resolver().resolve6(name)).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('comes back on the same port after it was stopped', async () => {
    server.answer(name, { addresses: ['10.0.0.1'] });
    const { address } = server;
    await server.stop();
    await expect(impatient().resolve4(name)).rejects.toThrow(name);
    await server.startAgain();
    expect(server.address).toBe(address);
    expect(await resolver().resolve4(name)).toEqual(['10.0.0.1']);
  });

  it('keeps an answer back until it is released', async () => {
    server.answer(name, { addresses: ['10.0.0.1'], isHeld: true });
    const found = resolver().resolve4(name);
    await server.received(name, 1);
    server.release();
    expect(await found).toEqual(['10.0.0.1']);
  });

  it('truncates what the client does not take over UDP, and can be without TCP', async () => {
    const addresses = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    server.answer(name, { addresses });
    expect(await resolver().resolve4(name)).toHaveLength(300);
    expect(server.queries.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
    await server.stopTcp();
    await expect(impatient().resolve4(name)).rejects.toThrow(name);
  });
});
