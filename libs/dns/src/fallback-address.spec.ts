import { parseFallbackAddress } from './fallback-address';

describe('the fall-back address', () => {
  it('is optional, and may be set without a network', () => {
    expect(parseFallbackAddress({})).toBeUndefined();
    expect(parseFallbackAddress({ ip: '', cidr: '10.0.0.0/16' })).toBeUndefined();
    expect(parseFallbackAddress({ ip: '192.0.2.1', cidr: '' })).toEqual({ address: '192.0.2.1', family: 4 });
  });

  it.each([
    ['10.0.3.4', '10.0.0.0/16'],
    ['10.0.0.255', '10.0.0.0/24'],
    ['2001:DB8:0::7', '2001:db8::/32'],
  ])('%s lies in %s', (ip, cidr) => {
    expect(parseFallbackAddress({ ip, cidr })?.address).toBe(ip === '2001:DB8:0::7' ? '2001:db8::7' : ip);
  });

  it.each([
    ['10.1.0.1', '10.0.0.0/16', 'lies outside'],
    ['2001:db9::1', '2001:db8::/32', 'lies outside'],
    ['10.0.0.1', '2001:db8::/32', 'lies outside'],
    ['10.0.0.1', '10.0.0.0', 'is not a network'],
    ['10.0.0.1', '10.0.0.0/33', 'is not a network'],
    ['mlflow.local', '10.0.0.0/16', 'is not an IP address'],
    ['169.254.169.254', '169.254.0.0/16', 'not an address a service can have'],
  ])('%s with %s is refused: %s', (ip, cidr, message) => {
    expect(() => parseFallbackAddress({ ip, cidr })).toThrow(message);
  });
});
