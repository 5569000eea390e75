import { networks } from './value-schemas';

describe('a setting with networks', () => {
  it('takes addresses and networks, with spaces or not', () => {
    const given = networks.parse('10.0.0.0/8, 2001:db8::/32,192.0.2.7');
    expect(given.texts).toEqual(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
    expect(given.includes('10.1.2.3')).toBe(true);
  });

  it.each(['10.0.0.0/33', 'load-balancer', '10.0.0.0/8;10.1.0.0/16'])(
    'says what is wrong with %s',
    (text) => {
      expect(networks.safeParse(text).error?.issues[0]?.message).toContain(`"${text}" is not a network`);
    },
  );
});
