import { requestHeaders, responseHeaders } from './forwarded-headers';

const names = (list: readonly string[]): string[] => list.filter((_text, at) => at % 2 === 0);

describe('headers on the way to an upstream', () => {
  it('keep what belongs to the request', () => {
    expect(requestHeaders({ accept: '*/*', range: 'bytes=0-4', 'content-encoding': 'gzip' })).toEqual([
      'accept',
      '*/*',
      'range',
      'bytes=0-4',
      'content-encoding',
      'gzip',
    ]);
  });

  it('lose credentials, browser context and what other proxies say', () => {
    const dropped = [
      'authorization',
      'x-api-key',
      'cookie',
      'origin',
      'referer',
      'expect',
      'host',
      'forwarded',
    ];
    const claims = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'traceparent'];
    const headers = Object.fromEntries([...dropped, ...claims].map((name) => [name, 'a']));
    expect(requestHeaders({ ...headers, 'x-tidegate-internal-token': 'a', 'x-request-id': 'a' })).toEqual([]);
  });

  it('lose what is for one connection only, and what Connection names', () => {
    const headers = { te: 'trailers', 'keep-alive': 'timeout=5', 'proxy-authorization': 'a', upgrade: 'h2c' };
    const connection = 'close , X-Hop,\tother';
    expect(
      names(requestHeaders({ ...headers, connection, 'x-hop': '1', other: '2', accept: '*/*' })),
    ).toEqual(['accept']);
  });

  it('keep the length of the body, whatever Connection names', () => {
    expect(requestHeaders({ connection: 'content-length', 'content-length': '5' })).toEqual([
      'content-length',
      '5',
    ]);
  });

  it('lose names with an underscore, which some servers take for a hyphen', () => {
    expect(requestHeaders({ x_forwarded_for: '6.6.6.6', x_tidegate_internal_token: 'a' })).toEqual([]);
  });
});

describe('headers on the way back', () => {
  it('keep encoding, ranges and validators', () => {
    const headers = { 'content-encoding': 'gzip', 'content-range': 'bytes 0-4/9', etag: '"a"' };
    expect(names(responseHeaders(headers, {}))).toEqual(Object.keys(headers));
  });

  it('lose cookies, the server, its challenge and what Connection names', () => {
    const headers = { 'set-cookie': ['a=b', 'c=d'], server: 'uvicorn', 'www-authenticate': 'Basic' };
    const hop = { connection: 'close, x-hop', 'x-hop': '1', 'transfer-encoding': 'chunked' };
    expect(responseHeaders({ ...headers, ...hop }, {})).toEqual([]);
  });

  it("put the gateway's own in the place of the upstream's", () => {
    expect(
      responseHeaders({ ratelimit: 'theirs', 'x-request-id': 'theirs' }, { ratelimit: 'ours', age: '1' }),
    ).toEqual(['ratelimit', 'ours', 'age', '1']);
  });
});
