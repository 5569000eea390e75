import { partyOf, plainAddress } from './address-text';

describe('the plain spelling of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:DB8:0:0::0007', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:1:2:3', '::ffff:1:2:3'],
  ])('of %s is %s', (text, plain) => expect(plainAddress(text)).toBe(plain));

  it.each(['', 'unknown', '192.0.2', '192.0.2.1:80', '[::1]', '192.0.2.1 ', '0x7f.1'])(
    'does not exist for %j',
    (text) => expect(plainAddress(text)).toBeUndefined(),
  );
});

describe('the party behind an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::7', '2001:db8:0:0'],
    ['2001:db8:1::2:3:4:5', '2001:db8:1:0'],
    ['::1', '0:0:0:0'],
    ['2001:db8:a:b::', '2001:db8:a:b'],
  ])('of %s is %s', (address, party) => expect(partyOf(address)).toBe(party));
});
