import { createLogger } from './logger';

describe('the log of a service', () => {
  let lines: string[];
  const log = () => createLogger('api', 'info', { write: (line: string) => void lines.push(line) });
  const logged = (): Record<string, unknown> => JSON.parse(lines.join('')) as Record<string, unknown>;

  beforeEach(() => (lines = []));

  const headers = {
    authorization: 'Bearer secret-1',
    'Proxy-Authorization': 'secret-2',
    cookie: 'secret-3',
    'set-cookie': ['secret-4'],
    'X-API-Key': 'secret-5',
    'x-tidegate-internal-token': 'secret-6',
    accept: 'application/json',
  };

  it.each([
    ['on their own', { headers }, { headers: { accept: 'application/json' } }],
    [
      'of a request',
      { request: { method: 'GET', headers } },
      { request: { method: 'GET', headers: { accept: 'application/json' } } },
    ],
  ])('leaves out headers that hold a credential, %s', (_where, line, expected) => {
    const before = JSON.stringify(line);
    log().info(line, 'said');
    expect(logged()).toMatchObject(expected);
    expect(lines.join('')).not.toContain('secret-');
    expect(JSON.stringify(line)).toBe(before);
  });

  it('leaves them out of an error, and tells what happened', () => {
    log().warn(
      { err: Object.assign(new TypeError('refused'), { headers, response: { headers } }) },
      'failed',
    );
    expect(logged()).toMatchObject({
      level: 'warn',
      err: { type: 'TypeError', message: 'refused', headers: { accept: 'application/json' } },
    });
    expect(lines.join('')).not.toContain('secret-');
  });

  it('tells everything else as it is', () => {
    log().info({
      service: 'x',
      count: 0,
      list: [1],
      nothing: null,
      headers: 'none',
      inner: { deep: { a: 1 } },
    });
    expect(logged()).toMatchObject({
      count: 0,
      list: [1],
      nothing: null,
      headers: 'none',
      inner: { deep: { a: 1 } },
    });
  });
});
