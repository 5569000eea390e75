import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultyDnsServer } from '@tidegate/testing';
import { Agent, request as undiciRequest } from 'undici';
import { discover, name } from '../test/discover';
import { createLookup } from './connect-lookup';

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
      const lookup = createLookup(discover([dnsServer]).book);
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
    const agent = new Agent({ connect: { lookup: createLookup(discover([dnsServer]).book) } });
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
    const lookup = createLookup(discover([dnsServer]).book);
    const error = await new Promise((resolve) => lookup(name, { family: 6, all: true }, resolve));
    expect(error).toMatchObject({ code: 'DNS_FAMILY_NOT_FOUND' });
  });
});
