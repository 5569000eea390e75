import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NameServer, SystemLookup } from '@tidegate/dns';
import { FakeClock, FaultyDnsServer } from '@tidegate/testing';
import { type Dispatcher, request } from 'undici';
import { loggingDispatcher } from './logging-dispatcher';

const NAME = 'logging.tidegate-test.local';

describe('the way to the logging app', () => {
  let clock: FakeClock;
  let nameServer: FaultyDnsServer;
  let servers: Server[];
  let url: string;
  let dispatcher: Dispatcher;

  beforeEach(async () => {
    clock = new FakeClock();
    nameServer = await FaultyDnsServer.start();
    servers = [];
    const first = await receiver('127.0.0.1', 0);
    url = `http://${NAME}:${first}/`;
    const system = new SystemLookup({ clock, lookup: () => Promise.resolve([]) });
    dispatcher = loggingDispatcher(url, {
      clock,
      system,
      nameServer: new NameServer({ clock, servers: [nameServer.address] }),
    });
  });

  afterEach(async () => {
    await nameServer.stop();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Says where it is and through which connection it was asked. */
  async function receiver(address: string, port: number): Promise<number> {
    let connections = 0;
    const server = createServer((incoming, response) => {
      incoming.resume().on('end', () => response.end(`${address} ${names.get(incoming.socket)}`));
    });
    const names = new WeakMap<object, number>();
    server.on('connection', (socket) => names.set(socket, (connections += 1)));
    server.listen(port, address);
    await once(server, 'listening');
    servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  async function ask(): Promise<string> {
    const { body } = await request(url, { method: 'POST', body: '[]', dispatcher });
    return body.text();
  }

  it('is kept while the name server is away, for ever where there is a connection', async () => {
    nameServer.answer(NAME, { addresses: ['127.0.0.1'], ttlSeconds: 10 });
    expect(await ask()).toBe('127.0.0.1 1');
    await nameServer.stop();
    await clock.advance(60_000);
    servers[0]?.closeIdleConnections();

    expect(await ask()).toBe('127.0.0.1 2');
    await clock.advance(3_600_000);
    expect(await ask()).toBe('127.0.0.1 2');
  });

  it('is another one soon after the name leads elsewhere', async () => {
    await receiver('127.0.0.2', Number(new URL(url).port));
    nameServer.answer(NAME, { addresses: ['127.0.0.1'], ttlSeconds: 10 });
    expect(await ask()).toBe('127.0.0.1 1');
    expect(await ask()).toBe('127.0.0.1 1');
    nameServer.answer(NAME, { addresses: ['127.0.0.2'], ttlSeconds: 10 });
    await clock.advance(9_500);

    let answer = '';
    while (!answer.startsWith('127.0.0.2')) answer = await ask();
    expect(await ask()).toBe('127.0.0.2 1');
  });
});
