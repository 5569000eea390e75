import { DnsError } from '@tidegate/dns';
import { ProblemError } from '@tidegate/schemas';
import { errors } from 'undici';
import { forwardFailure, isDropped } from './forward-failure';

const withCode = (code: string): Error => Object.assign(new Error('of a socket'), { code });

describe('why an upstream gave no answer', () => {
  it.each([
    ['no address', new DnsError('DNS_TIMEOUT', 'No answer'), 503, 'UPSTREAM_UNRESOLVED'],
    ['no connection in time', new errors.ConnectTimeoutError(), 504, 'UPSTREAM_TIMEOUT'],
    ['no connection in time, says the system', withCode('ETIMEDOUT'), 504, 'UPSTREAM_TIMEOUT'],
    ['no headers in time', new errors.HeadersTimeoutError(), 504, 'UPSTREAM_TIMEOUT'],
    ['a pause in the body', new errors.BodyTimeoutError(), 504, 'UPSTREAM_TIMEOUT'],
    ['refused', withCode('ECONNREFUSED'), 502, 'UPSTREAM_REFUSED'],
    ['reset', withCode('ECONNRESET'), 502, 'UPSTREAM_REFUSED'],
    ['closed', new errors.SocketError('other side closed'), 502, 'UPSTREAM_REFUSED'],
    ['a certificate nobody vouches for', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 502, 'UPSTREAM_REFUSED'],
    ['no HTTP', new errors.HTTPParserError('nonsense'), 502, 'UPSTREAM_PROTOCOL'],
    ['too many headers', new errors.HeadersOverflowError(), 502, 'UPSTREAM_PROTOCOL'],
    ['an upgrade nobody asked for', new errors.SocketError('bad upgrade'), 502, 'UPSTREAM_PROTOCOL'],
    ['stopping', new errors.ClientDestroyedError(), 503, 'STOPPING'],
    ['a target that cannot be written', new errors.InvalidArgumentError('path'), 400, 'REQUEST_INVALID'],
    ['a bug', new TypeError('x is not a function'), 500, 'INTERNAL_ERROR'],
  ])('%s', (_what, error, status, code) => {
    const problem = forwardFailure('MLflow', error);
    expect([problem.status, problem.code, problem.cause]).toEqual([status, code, error]);
  });

  it('keeps a problem that was found before', () => {
    const problem = new ProblemError('OVERLOADED');
    expect(forwardFailure('MLflow', problem)).toBe(problem);
  });

  it.each([
    [withCode('ECONNRESET'), true],
    [withCode('EPIPE'), true],
    [new errors.SocketError('other side closed'), true],
    [new errors.SocketError('bad response'), false],
    [withCode('ECONNREFUSED'), false],
    [new errors.HeadersTimeoutError(), false],
  ])('knows a dropped connection: %p', (error, expected) => {
    expect(isDropped(error)).toBe(expected);
  });
});
