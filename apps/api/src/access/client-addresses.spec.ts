import type { IncomingMessage } from 'node:http';
import { Networks } from '@tidegate/ip-networks';
import { ClientAddresses } from './client-addresses';

const clients = new ClientAddresses(Networks.parse(['10.0.0.0/8', '2001:db8:a::/48']));

function requestFrom(peer: string | undefined, forwardedFor?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  it.each([
    ['without a header is the peer', '10.0.0.1', undefined, '10.0.0.1'],
    ['behind one proxy is what that one saw', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['is not what a client claims on the left', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['is not a claim to be a proxy', '10.0.0.1', '10.9.9.9, 203.0.113.7', '203.0.113.7'],
    ['behind two proxies is what the first one saw', '10.0.0.1', '203.0.113.7,10.0.0.2', '203.0.113.7'],
    ['among proxies only is the first of them', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['ignores the header of a stranger', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is plain when the peer is IPv4-mapped', '::ffff:203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['knows an IPv4-mapped proxy', '::ffff:10.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
    ['may come with a port', '10.0.0.1', '203.0.113.7:5678', '203.0.113.7'],
    ['may be IPv6', '2001:db8:a::1', '2001:DB8::0:7', '2001:db8::7'],
    ['may be IPv6 in brackets', '10.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['may be IPv6 in brackets with a port', '10.0.0.1', '[2001:db8::7]:80, 10.0.0.2:80', '2001:db8::7'],
    ['is the proxy that wrote garbage', '10.0.0.1', '203.0.113.7, unknown', '10.0.0.1'],
    ['is the last one before garbage', '10.0.0.1', '203.0.113.7, <script>, 10.0.0.2', '10.0.0.2'],
    ['is not read past an empty entry', '10.0.0.1', '203.0.113.7,', '10.0.0.1'],
    ['is not read from an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['is not a name', '10.0.0.1', 'localhost', '10.0.0.1'],
    ['is not a number with a port too many', '10.0.0.1', '203.0.113.7:123456', '10.0.0.1'],
    ['is empty when the connection is gone', undefined, '203.0.113.7', ''],
  ])('%s', (_scenario, peer, forwardedFor, expected) => {
    expect(clients.of(requestFrom(peer, forwardedFor))).toBe(expected);
  });

  it('is always the peer when no proxy is trusted', () => {
    const strict = new ClientAddresses(Networks.parse([]));
    expect(strict.of(requestFrom('10.0.0.1', '203.0.113.7'))).toBe('10.0.0.1');
    expect(strict.of(requestFrom('::ffff:10.0.0.1'))).toBe('10.0.0.1');
  });
});
