import { isReached, type Goal } from '../goal';
import type { RateRow, RateTable } from '../rates';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';
import { MANY_ROWS, ONE_ROW } from './speed';

const always = (value: number) => ({ median: value, min: value, max: value });

function rate(label: string, perSecond: number, p99Ms = 10): RateRow {
  return { label, perSecond: always(perSecond), p50Ms: 1, p99Ms, cpuUs: undefined, refused: 0 };
}

function table(scenario: string, connections: number, inference: RateRow): RateTable {
  const rows = [
    inference,
    rate(LABELS.mlflow, 1000),
    rate(LABELS.mlserver, 2000),
    rate(LABELS.mlserverBatching, 2500, 8),
    rate(LABELS.fastapi, 5000),
    rate(LABELS.fastapiTwo, 8000),
    rate(LABELS.bareOnnx, 22_000),
    rate(LABELS.echo, 25_000),
  ];
  return { scenario, connections, rows };
}

/** What was reached, and whether that is enough, by the goal. */
function outcomeOf(measured: Measured): Record<string, readonly [number, boolean]> {
  return Object.fromEntries(
    goalsOf(measured).map((goal: Goal) => [goal.what, [Number(goal.reached.toFixed(2)), isReached(goal)]]),
  );
}

const memory = { earlyMegabytes: 100, lateMegabytes: 115, highestMegabytes: 130 };
const swaps = { moves: 20, accepted: 1000, failed: 0, problems: [], slowestMs: 300, memory };
const drain = {
  ...{ accepted: 100, acceptedAfterSignal: 10, failed: 0 },
  ...{ problems: [], tookMs: 1000, exitCode: 0 },
};

describe('goals of the inference app', () => {
  it('are ratios to the peers of the same run', () => {
    const rates = [
      table(ONE_ROW, 1, rate(LABELS.inference, 7500)),
      table(ONE_ROW, 64, rate(LABELS.inference, 16_500, 6)),
      table(MANY_ROWS, 8, rate(LABELS.inference, 7900)),
    ];
    expect(outcomeOf({ rates })).toEqual({
      'c=64: inference ÷ best product (MLServer, batching)': [6.6, false],
      'c=64: inference ÷ FastAPI, 2 workers': [2.06, true],
      'c=64: p99 ÷ lowest p99 of products and FastAPI': [0.75, true],
      'c=64: inference ÷ bare JSON echo': [0.66, true],
      'c=64: inference ÷ bare node:http + onnxruntime': [0.75, true],
      'c=1: inference ÷ FastAPI': [1.5, true],
      'c=8, 64 rows: inference ÷ FastAPI, 2 workers': [0.99, false],
      'requests refused while nothing was overloaded': [0, true],
    });
  });

  it('compare binary tensors with the faster of the two JSON forms', () => {
    const rows = [
      rate(LABELS.inference, 1000),
      rate(LABELS.openInferenceJson, 1200),
      rate(LABELS.openInferenceBinary, 3500),
    ];
    const binary = { scenario: 'binary', connections: 8, rows };
    expect(outcomeOf({ binary })).toMatchObject({
      '64 rows: binary tensors ÷ the faster JSON': [2.92, false],
    });
  });

  it('count logging as done only when every instance reached the log', () => {
    const rows = [rate(LABELS.inference, 1000), rate(LABELS.logging, 850)];
    const logging = { table: { scenario: 'logging', connections: 64, rows }, predicted: 1000, received: 999 };
    expect(outcomeOf({ logging })).toMatchObject({
      'c=64: every instance logged ÷ nothing logged': [0.85, true],
      'instances that reached the log': [99.9, false],
    });
  });

  it('are missed when the app refuses requests that it could answer; peers may', () => {
    const rows = [
      { ...rate(LABELS.inference, 1000), refused: 2 },
      { ...rate(LABELS.openInferenceJson, 1000), refused: 1 },
      { ...rate(LABELS.openInferenceBinary, 4000), refused: 0 },
      { ...rate(LABELS.mlflow, 1000), refused: 5 },
    ];
    const soak = { minutes: 1, refused: 4, memory };
    const outcome = outcomeOf({ binary: { scenario: 'binary', connections: 8, rows }, soak });
    expect(outcome['requests refused while nothing was overloaded']).toEqual([7, false]);
  });

  it('are missed by a probe that failed, however fast it was', () => {
    const row = { path: '/health', probes: 100, failed: 1, p50Ms: 1, p99Ms: 2, slowestMs: 3 };
    expect(outcomeOf({ health: { connections: 8, perSecond: 30, rows: [row] } })).toEqual({
      '/health p99 while a slow model runs at full load': [Infinity, false],
    });
  });

  it('compare overload with normal load, and take nothing but 200 and 429', () => {
    const row = { arrivedPerSecond: 50, accepted: 100, refused: 50, problems: [], p50Ms: 40 };
    const rows = [
      { ...row, load: 0.8, failed: 0, p99Ms: 100 },
      { ...row, load: 3, failed: 1, p99Ms: 200 },
    ];
    const overload = { runMs: 30, execution: 'worker', capacityPerSecond: 60, rows };
    expect(outcomeOf({ overload })).toEqual({
      'p99 at 3 × capacity ÷ p99 at 0.8 ×': [2, true],
      'overload: answered with neither 200 nor 429': [1, false],
    });
  });

  it('are missed by an overload in which nothing was accepted', () => {
    const row = { arrivedPerSecond: 50, accepted: 0, refused: 50, failed: 0, problems: [], p50Ms: NaN };
    const rows = [
      { ...row, load: 0.8, p99Ms: 100 },
      { ...row, load: 3, p99Ms: NaN },
    ];
    const overload = { runMs: 30, execution: 'worker', capacityPerSecond: 60, rows };
    expect(outcomeOf({ overload })['p99 at 3 × capacity ÷ p99 at 0.8 ×']).toEqual([NaN, false]);
  });

  it('allow no failure while versions change and while the app ends', () => {
    expect(outcomeOf({ swaps: { ...swaps, failed: 1 }, drain: { ...drain, failed: 1 } })).toEqual({
      'failed or wrong over 20 swaps under load': [1, false],
      'memory growth over 20 swaps': [15, true],
      'failed while draining after SIGTERM': [1, false],
      'exit code after SIGTERM': [0, true],
    });
  });

  it('are missed by a process that had to be killed', () => {
    const outcome = outcomeOf({ drain: { ...drain, exitCode: undefined } });
    expect(outcome['exit code after SIGTERM']).toEqual([NaN, false]);
  });

  it('are left out with what was not measured', () => {
    expect(goalsOf({})).toEqual([]);
  });
});
