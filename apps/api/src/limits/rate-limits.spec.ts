import { Logger } from '@nestjs/common';
import { systemClock } from '@tidegate/clock';
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import type { Caller } from '../keys/key-record';
import { LimitMetrics } from './limit-metrics';
import { RateLimits } from './rate-limits';
import { SharedCounts } from './shared-counts';

describe('the rate limits of keys', () => {
  let limits: RateLimits;

  beforeEach(() => {
    jest.useFakeTimers();
    const classes = {
      standard: { requests: 2, perSeconds: 10 },
      high: { requests: 50, perSeconds: 10 },
    };
    const shared = new SharedCounts(undefined, systemClock, 'test');
    limits = new RateLimits(classes, shared, systemClock, new LimitMetrics(() => false));
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    register.clear();
  });

  const caller = (rateClass: string): Caller =>
    ({ keyId: 'abcdefghijkl', owner: 'ann', rateClass }) as unknown as Caller;
  const replyOf = (): FastifyReply => ({ raw: new ServerResponse({} as IncomingMessage) }) as FastifyReply;

  async function headersAfter(times: number, rateClass: string): Promise<unknown> {
    let reply = replyOf();
    for (let time = 0; time < times; time += 1) await limits.admit(caller(rateClass), (reply = replyOf()));
    return { ...reply.raw.getHeaders() };
  }

  it('are told with each answer', async () => {
    expect(await headersAfter(1, 'standard')).toEqual({
      'ratelimit-policy': '"standard";q=2;w=10',
      ratelimit: '"standard";r=1;t=10',
    });
    expect(await headersAfter(3, 'high')).toEqual({
      'ratelimit-policy': '"high";q=50;w=10',
      ratelimit: '"high";r=47;t=10',
    });
  });

  it('refuse what is too much, say when to go on, and count it', async () => {
    await headersAfter(2, 'standard');
    jest.advanceTimersByTime(6_500);
    const reply = replyOf();
    await expect(limits.admit(caller('standard'), reply)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      headers: { 'retry-after': '4' },
    });
    expect(reply.raw.getHeader('ratelimit')).toBe('"standard";r=0;t=4');
    expect(await register.metrics()).toContain('gateway_rate_limited_total{class="standard"} 1');
  });

  it('do not count keys without a limit', async () => {
    expect(await headersAfter(100, 'unlimited')).toEqual({});
  });

  it('are those of the standard class when the class of a key is not configured, with one warning', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await headersAfter(2, 'gold');
    await expect(limits.admit(caller('gold'), replyOf())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith({ rateClass: 'gold', usedInstead: 'standard' }, expect.any(String));
  });
});
