import { isReached } from '../goal';
import type { TransferRow } from './artifacts';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';
import type { RateRow } from '../rates';

const always = (value: number) => ({ median: value, min: value, max: value });

function rate(label: string, perSecond: number): RateRow {
  return { label, perSecond: always(perSecond), p50Ms: 1, p99Ms: 2, cpuUs: undefined, refused: 0 };
}

function transfer(label: string, mibPerSecond: number, growthMib?: number): TransferRow {
  return { label, mibPerSecond: always(mibPerSecond), cpuSecondsPerGib: undefined, growthMib };
}

function measured(changes: Partial<Measured> = {}): Measured {
  const rows = [rate(LABELS.gateway, 600), rate(LABELS.bare, 1000), rate(LABELS.fastify, 500)];
  const latency = {
    label: LABELS.gateway,
    p50Ms: always(0.5),
    p99Ms: always(1),
    addedP50Ms: always(0.4),
  };
  const probe = { path: '/live', probes: 100, failed: 0, p50Ms: 1, p99Ms: 10, slowestMs: 20 };
  return {
    rates: [{ scenario: 'GET', connections: 32, rows }],
    latency: [latency],
    probes: { connections: 32, perSecond: 600, rows: [probe] },
    artifacts: [],
    ...changes,
  };
}

describe('goals of the gateway', () => {
  it('are ratios to the peers of the same run', () => {
    expect(goalsOf(measured()).map(({ what, reached }) => [what, reached])).toEqual([
      ['GET: gateway ÷ bare', 0.6],
      ['GET: gateway ÷ @fastify/http-proxy', 1.2],
      ['gateway: added p50 at one connection', 0.4],
      ['/live p99 at full load', 10],
    ]);
  });

  it('are reached at the limit and missed beyond', () => {
    expect(goalsOf(measured()).map(isReached)).toEqual([true, false, true, true]);
  });

  it('are missed by a probe that failed', () => {
    const row = { path: '/ready', probes: 100, failed: 1, p50Ms: 1, p99Ms: 2, slowestMs: 3 };
    const goals = goalsOf(measured({ probes: { connections: 32, perSecond: 1, rows: [row] } }));
    expect(goals.filter((goal) => !isReached(goal)).map(({ what }) => what)).toContain(
      '/ready p99 at full load',
    );
  });

  it('count bytes and memory of artifacts when these were measured', () => {
    const rows = [transfer(LABELS.gateway, 790, 65), transfer(LABELS.bare, 1000, 3)];
    const goals = goalsOf(measured({ artifacts: [{ direction: 'up', gib: 2, rows }] })).slice(-2);
    expect(goals).toMatchObject([
      { what: 'artifact of 2 GiB up: gateway ÷ bare', reached: 0.79 },
      { what: 'artifact of 2 GiB up: memory growth', reached: 65 },
    ]);
    expect(goals.some(isReached)).toBe(false);
  });
});
