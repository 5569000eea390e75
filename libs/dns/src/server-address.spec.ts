import { parseServerAddress } from './server-address';

describe('the address of a name server', () => {
  it.each([
    ['10.0.0.2', '10.0.0.2', 53],
    ['10.0.0.2:5353', '10.0.0.2', 5353],
    ['fd00::2', 'fd00::2', 53],
    ['[fd00::2]', 'fd00::2', 53],
    ['[fd00::2]:5353', 'fd00::2', 5353],
    ['fe80::1%eth0', 'fe80::1%eth0', 53],
    ['[fe80::1%eth0]:5353', 'fe80::1%eth0', 5353],
  ])('%s is %s, port %d', (text, address, port) => {
    expect(parseServerAddress(text)).toEqual({ address, port });
  });

  it.each(['', 'dns.local', '10.0.0', '10.0.0.2:', '10.0.0.2:0', '10.0.0.2:65536', '[10.0.0.2', 'fd00::2:x'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseServerAddress(text)).toThrow('is not the address of a name server');
    },
  );
});
