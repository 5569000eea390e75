import { generateApiKey, parseApiKey } from './api-key';
import { PepperRing } from './pepper-ring';
import { presentedKey } from './presented-key';

describe('the key format', () => {
  it('round-trips and shows environment and id', () => {
    const key = generateApiKey({ environment: 'staging' });
    expect(key.text).toMatch(/^tg_staging_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(parseApiKey(key.text)).toEqual(key);
  });

  it('holds 256 random bits at both ends of the range', () => {
    for (const byte of [0x00, 0xff]) {
      const key = generateApiKey({ environment: 'dev', random: (size) => Buffer.alloc(size, byte) });
      expect(parseApiKey(key.text)).toEqual(key);
    }
  });

  it('refuses a key with any one character changed, since the checksum no longer fits', () => {
    const { text } = generateApiKey({ environment: 'dev' });
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'x' ? 'y' : 'x';
      expect(parseApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
  });

  it('refuses an environment name that would break the format', () => {
    expect(() => generateApiKey({ environment: 'has_underscore' })).toThrow('cannot name an environment');
  });
});

describe('PepperRing', () => {
  const { text } = generateApiKey({ environment: 'dev' });
  const other = generateApiKey({ environment: 'dev' });

  it('verifies the key that made the hash and no other', () => {
    const ring = new PepperRing('pepper-one');
    const stored = ring.hash(text);
    expect(ring.verify(text, stored)).toBe(true);
    expect(ring.verify(other.text, stored)).toBe(false);
    expect(stored.hash.toString('latin1')).not.toContain(text);
  });

  it('accepts the previous pepper during its replacement, and not after it', () => {
    const stored = new PepperRing('pepper-one').hash(text);
    expect(new PepperRing('pepper-two', 'pepper-one').verify(text, stored)).toBe(true);
    expect(new PepperRing('pepper-two').verify(text, stored)).toBe(false);
    expect(new PepperRing('pepper-one', 'pepper-zero').isCurrent(stored)).toBe(true);
    expect(new PepperRing('pepper-two', 'pepper-one').isCurrent(stored)).toBe(false);
  });
});

describe('presentedKey', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    [{ authorization: 'Bearer tg_a' }, 'tg_a'],
    [{ authorization: 'bearer  tg_a' }, 'tg_a'],
    [{ authorization: basic('anyone:tg_a') }, 'tg_a'],
    [{ authorization: basic('tg_a') }, 'tg_a'],
    [{ 'x-api-key': 'tg_a' }, 'tg_a'],
    [{ authorization: 'Digest x' }, ''],
    [{ authorization: 'Bearer' }, ''],
    [{}, undefined],
  ])('%j gives %j', (headers, expected) => {
    expect(presentedKey(headers)).toBe(expected);
  });
});
