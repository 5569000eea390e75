import { isReached } from '../goal';
import type { RateRow } from '../rates';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';

const always = (value: number) => ({ median: value, min: value, max: value });

function rate(label: string, perSecond: number, p99Ms: number): RateRow {
  return { label, perSecond: always(perSecond), p50Ms: 1, p99Ms, cpuUs: undefined, refused: 0 };
}

/** What was reached, and whether that is enough, by the goal. */
function outcomeOf(measured: Measured): Record<string, readonly [number, boolean]> {
  return Object.fromEntries(
    goalsOf(measured).map((goal) => [goal.what, [Number(goal.reached.toFixed(2)), isReached(goal)]]),
  );
}

const memory = { earlyMegabytes: 100, lateMegabytes: 116, highestMegabytes: 130 };

describe('goals of the logging app', () => {
  it('compare group commit with one transaction per request, at 256 connections', () => {
    const rows = (grouped: number) => [
      rate(LABELS.logging, grouped, 61),
      rate(LABELS.oneCommitEach, 1000, 300),
    ];
    const singles = [
      { scenario: 'one event', connections: 1, rows: rows(900) },
      { scenario: 'one event', connections: 256, rows: rows(1700) },
    ];
    expect(outcomeOf({ singles })).toEqual({
      'c=256: group commit ÷ one transaction per request': [1.7, true],
      'c=256: p99': [61, false],
    });
  });

  it('compare batches with COPY', () => {
    const rows = [
      { label: LABELS.logging, perSecond: always(49) },
      { label: LABELS.copy, perSecond: always(100) },
    ];
    expect(outcomeOf({ batches: { eventsPerRequest: 1000, connections: 4, rows } })).toEqual({
      'batches: rows stored ÷ rows of COPY': [0.49, false],
    });
  });

  it('want nothing lost, twice or miscounted, in crashes and without a database', () => {
    const figures = { rounds: 4, acknowledged: 10, stored: 10, lost: 0, twice: 0, wrongRollups: 0 };
    const victims = { app: 1, PostgreSQL: 1, 'a backend': 1, both: 1 };
    const crashes = [
      { ...figures, victims, hasSpool: false, lost: 1 },
      { ...figures, victims, hasSpool: true, wrongRollups: 2 },
    ];
    const outage = { ...figures, minutes: 10, eventsPerSecond: 500, refused: 0, replaySeconds: 5, memory };
    expect(outcomeOf({ crashes, outage })).toEqual({
      'acknowledged events lost over 8 crashes': [1, false],
      'events stored twice over 8 crashes': [0, true],
      'roll-ups that differ from SQL over 8 crashes': [2, false],
      'acknowledged events lost or twice over 10 min without PostgreSQL': [0, true],
      'events refused over 10 min without PostgreSQL': [0, true],
      'roll-ups that differ from SQL over 10 min without PostgreSQL': [0, true],
      'memory growth over 10 min without PostgreSQL': [16, false],
    });
  });

  it('take no statistics that count wrong', () => {
    const stats = [
      { what: 'by day', counted: 10, p50Ms: 99, slowestMs: 200 },
      { what: 'by hour', counted: 9, p50Ms: 5, slowestMs: 6 },
    ];
    expect(outcomeOf({ reading: { rows: 10, stats, exports: [] } })).toEqual({
      '/stats over by day': [99, true],
      '/stats over by hour': [Infinity, false],
    });
  });
});
