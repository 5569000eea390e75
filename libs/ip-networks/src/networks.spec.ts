import { NetworkError, Networks } from './networks';

describe('Networks', () => {
  const networks = Networks.parse(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);

  it.each(['10.0.0.1', '10.255.255.255', '192.0.2.7', '2001:db8::1', '::ffff:10.1.2.3'])(
    'include %s',
    (address) => expect(networks.includes(address)).toBe(true),
  );

  it.each(['11.0.0.1', '192.0.2.8', '2001:db9::1', '::ffff:11.0.0.1', '', 'localhost', '10.0.0.1:80'])(
    'do not include %j',
    (address) => expect(networks.includes(address)).toBe(false),
  );

  it.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '', '::/129', '10.0.0.0/-1', 'fe80::1%eth0'])(
    'cannot be made of %j',
    (text) => expect(() => Networks.parse([text])).toThrow(NetworkError),
  );

  it('of an empty list include nothing', () => expect(Networks.parse([]).includes('127.0.0.1')).toBe(false));
});
