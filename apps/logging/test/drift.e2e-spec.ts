import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@tidegate/clock';
import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import { runPython, useTestPostgres } from '@tidegate/testing';
import type { Drift, FeatureDrift } from '../src/drift/drift.service';
import { FeatureMerger } from '../src/drift/feature-merger';
import { FeatureRecorder } from '../src/drift/feature-recorder';
import { DayPartitions } from '../src/store/day-partitions';
import { PredictionWriter } from '../src/store/prediction-writer';
import type { StorableEvent } from '../src/store/storable-event';
import { answerOf, eventually, newEvent, post, readJson, startLogging, statusOf } from './logging-app';
import { useLogging } from './use-logging';

const HOUR_MS = 3_600_000;
const BASELINE_EVENTS = 200;

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Sample {
  inputs: { age: number; city?: string | null; member: boolean; grade: number };
  outputs: { label: string; probabilities: number[] };
}

function sample(random: () => number, shift: number): Sample {
  const score = random();
  const cities = ['Oslo', 'Łódź', 'São Paulo', 'unheard of'];
  return {
    inputs: {
      age: 40 + shift * 10 + (random() - 0.5) * 30,
      city: random() < 0.1 + shift * 0.2 ? null : cities[Math.floor(random() ** (1 + shift) * 4)],
      member: random() < 0.5 + shift * 0.3,
      grade: Math.floor(random() * 6),
    },
    outputs: { label: score > 0.5 ? 'ok' : 'defect', probabilities: [score, 1 - score] },
  };
}

function storable(
  id: string,
  model: string,
  version: string,
  predictedAtMs: number,
  inputs: object,
): StorableEvent {
  return {
    id,
    day: new Date(predictedAtMs).toISOString().slice(0, 10),
    predictedAtMs,
    model,
    version,
    alias: null,
    inputsJson: JSON.stringify(inputs),
    outputsJson: '"a"',
    latencyMs: 1,
    isDefect: false,
    requestId: null,
    traceparent: null,
    metadataJson: null,
  };
}

const valuesOf = (samples: readonly Sample[]): Record<string, unknown[]> => ({
  'inputs.age': samples.map(({ inputs }) => inputs.age),
  'inputs.city': samples.map(({ inputs }) => inputs.city ?? null),
  'inputs.member': samples.map(({ inputs }) => inputs.member),
  'inputs.grade': samples.map(({ inputs }) => inputs.grade),
  'outputs.label': samples.map(({ outputs }) => outputs.label),
  'outputs.probabilities[0]': samples.map(({ outputs }) => outputs.probabilities[0]),
  'outputs.probabilities[1]': samples.map(({ outputs }) => outputs.probabilities[1]),
});

describe('GET /drift', () => {
  const log = useLogging({ DRIFT_BASELINE_EVENTS: String(BASELINE_EVENTS) });
  const nowMs = Date.now();
  const iso = (ms: number): string => new Date(ms).toISOString();

  const drift = async (query: string): Promise<Drift> =>
    (await readJson(`${log.url}/drift?${query}`)) as unknown as Drift;
  const send = async (
    model: string,
    version: string,
    atMs: number,
    samples: readonly object[],
  ): Promise<void> => {
    const events = samples.map((values) => newEvent({ model, version, timestamp: iso(atMs), ...values }));
    expect(answerOf(await post(log.url, events)).stored).toBe(samples.length);
  };
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const samplesOf = (seed: number, count: number, shift: number): Sample[] => {
    const random = randomNumbers(seed);
    return Array.from({ length: count }, () => sample(random, shift));
  };

  describe('on fixed data', () => {
    const baseline = samplesOf(1, BASELINE_EVENTS, 0);
    const current = samplesOf(2, 700, 1);
    let expected: Record<string, number>;

    beforeAll(async () => {
      await send('fixed', '1', nowMs - 48 * HOUR_MS, baseline);
      await send('fixed', '1', nowMs - HOUR_MS, current);
      const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-drift-'));
      const [before, after] = [valuesOf(baseline), valuesOf(current)];
      const samples = Object.keys(before).map((name) => [
        name,
        { baseline: before[name], current: after[name] },
      ]);
      await writeFile(path.join(folder, 'samples.json'), JSON.stringify(Object.fromEntries(samples)));
      const answer = await runPython(path.join(__dirname, 'population-stability.py'), [
        path.join(folder, 'samples.json'),
      ]);
      expected = JSON.parse(answer) as Record<string, number>;
      await rm(folder, { recursive: true });
    }, 120_000);

    const expectReference = (features: readonly FeatureDrift[]): void => {
      expect(features.map(({ feature }) => feature).sort()).toEqual(Object.keys(expected).sort());
      for (const { feature, psi } of features)
        expect(Math.abs((psi ?? NaN) - (expected[feature] ?? NaN))).toBeLessThan(1e-9);
    };

    it('equals numpy and scipy to 1e-9, most drifted first', async () => {
      const answer = await drift('model=fixed');
      expect(answer).toMatchObject({
        version: '1',
        reference_version: '1',
        reference_from: null,
        left_out: 0,
      });
      expect([answer.count, answer.reference_count]).toEqual([700, BASELINE_EVENTS]);
      expectReference(answer.features);
      const indexes = answer.features.map(({ psi }) => psi ?? 0);
      expect(indexes).toEqual([...indexes].sort((a, b) => b - a));
      const verdicts = new Map(answer.features.map(({ feature, verdict }) => [feature, verdict]));
      expect(verdicts.get('inputs.age')).toBe('major');
      expect(verdicts.get('outputs.label')).toBe('stable');
    });

    it('finds the same between two windows of time', async () => {
      const window = `reference_from=${iso(nowMs - 49 * HOUR_MS)}&reference_to=${iso(nowMs - 47 * HOUR_MS)}`;
      expectReference((await drift(`model=fixed&${window}`)).features);
    });

    it('finds the same after the parts of an hour were merged', async () => {
      const merger = new FeatureMerger(log.database);
      while (await merger.run());
      const parts = await log.database.query(`SELECT 1 FROM feature_parts WHERE model = 'fixed'`);
      expect(parts.rowCount).toBe(0);
      expectReference((await drift('model=fixed')).features);
    });

    it.each(['9999-12-31T00:00:00Z', '9999-12-31T23:59:59.999Z'])('takes %s for no end', async (to) => {
      const window = `from=9999-01-01T00:00:00Z&to=${to}`;
      const reference = `reference_from=9999-01-01T00:00:00Z&reference_to=${to}`;
      expect(await drift(`model=fixed&${window}&${reference}`)).toMatchObject({
        count: 0,
        reference_count: 0,
      });
    });

    it('shows counts that add up, categories with others, and what is missing', async () => {
      const { features } = await drift('model=fixed');
      for (const { counts, reference_counts } of features)
        expect([total(counts), total(reference_counts)]).toEqual([700, BASELINE_EVENTS]);
      const city = features.find(({ feature }) => feature === 'inputs.city');
      expect(city).toMatchObject({ kind: 'category', values: expect.arrayContaining(['Łódź']) as string[] });
      expect(city?.counts.at(-1)).toBe(current.filter(({ inputs }) => inputs.city === null).length);
    });
  });

  it('compares versions by the bins of the first one, and says where bins differ', async () => {
    await send('versions', '1', nowMs, samplesOf(3, BASELINE_EVENTS, 0));
    const moved = samplesOf(4, BASELINE_EVENTS, 0.5).map(({ inputs, outputs }) => ({
      inputs: { ...inputs, age: inputs.age, grade: inputs.grade + 1000.5 },
      outputs,
    }));
    await send('versions', '2', nowMs, moved);
    const answer = await drift(`model=versions&version=2&reference_version=1`);
    expect([answer.count, answer.reference_count]).toEqual([BASELINE_EVENTS, BASELINE_EVENTS]);
    const byName = new Map(answer.features.map((feature) => [feature.feature, feature]));
    expect(byName.get('inputs.age')?.psi).toBeGreaterThan(0.1);
    expect(byName.get('inputs.grade')).toMatchObject({ psi: null, verdict: 'not_comparable' });
    expect((await drift('model=versions')).version).toBe('2');
  });

  it('leaves out what is too much and says so', async () => {
    const wide = Array.from({ length: BASELINE_EVENTS }, (_, index) => ({
      inputs: Array.from({ length: 250 }, (_item, position) => index * position + 0.5),
      outputs: 1,
    }));
    await send('wide', '1', nowMs, wide);
    const answer = await drift('model=wide');
    expect(answer.features).toHaveLength(200);
    expect(answer.left_out).toBe(51);
  });

  it('counts every row once whatever the number of processes, and events that come twice', async () => {
    const writers = Array.from({ length: 3 }, () => {
      const recorder = new FeatureRecorder({ driftBaselineEvents: 500, maxFeatures: 50 });
      return new PredictionWriter(log.database, new DayPartitions(log.database, systemClock), recorder);
    });
    const random = randomNumbers(5);
    const events = Array.from({ length: 3000 }, (_, index) => {
      const predictedAtMs = nowMs - Math.floor(random() * 5) * HOUR_MS;
      const inputs = { x: random(), odd: random() < 0.3 ? null : 'text' };
      return storable(`once-${index}`, 'once', String(Math.floor(random() * 3)), predictedAtMs, inputs);
    });
    const merger = new FeatureMerger(log.database);
    const batches = Array.from({ length: 150 }, () => {
      const start = Math.floor(random() * 2900);
      return events.slice(start, start + 1 + Math.floor(random() * 100));
    });
    // All of them once more in the end, so that none is left out.
    for (let start = 0; start < 3000; start += 100) batches.push(events.slice(start, start + 100));
    const work = writers.map(async (writer) => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        for (const { status } of await writer.store(batch)) expect(['stored', 'duplicate']).toContain(status);
        await merger.run();
      }
    });
    await Promise.all(work);
    const { rows } = await log.database.query<{ version: string; count: number; missing: number }>(
      `SELECT version, count(*)::int AS count, (count(*) FILTER (WHERE inputs ->> 'odd' IS NULL))::int AS missing
       FROM predictions WHERE model = 'once' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(3000);
    const window = `from=${iso(nowMs - 6 * HOUR_MS)}&to=${iso(nowMs + HOUR_MS)}`;
    for (const { version, count, missing } of rows) {
      const answer = await drift(`model=once&version=${version}&${window}`);
      expect(answer.count).toBe(count);
      for (const { counts } of answer.features) expect(total(counts)).toBe(count);
      expect(answer.features.find(({ feature }) => feature === 'inputs.odd')?.counts.at(-1)).toBe(missing);
    }
  });

  it('leaves out no event that comes while another process freezes the bins', async () => {
    const writers = Array.from({ length: 4 }, () => {
      const recorder = new FeatureRecorder({ driftBaselineEvents: 20, maxFeatures: 50 });
      return new PredictionWriter(log.database, new DayPartitions(log.database, systemClock), recorder);
    });
    const versions = Array.from({ length: 20 }, (_, version) => String(version));
    const ids = Array.from({ length: 40 }, (_, index) => index);
    const storeShare = async (writer: PredictionWriter, share: number): Promise<void> => {
      for (const version of versions)
        for (const id of ids.filter((index) => index % writers.length === share))
          await writer.store([storable(`race-${version}-${id}`, 'race', version, nowMs, { x: id })]);
    };
    await Promise.all(writers.map(storeShare));
    const counts = await Promise.all(versions.map((version) => drift(`model=race&version=${version}`)));
    expect(counts.map(({ count }) => count)).toEqual(versions.map(() => ids.length));
    const noted = await log.database.query(`SELECT 1 FROM baseline_events WHERE model = 'race'`);
    expect(noted.rowCount).toBe(0);
  });

  it('says how far a version is on the way to its bins', async () => {
    await send('new', '1', nowMs, samplesOf(6, 7, 0));
    for (const query of ['model=new', 'model=new&version=1'])
      expect(await readJson(`${log.url}/drift?${query}`)).toMatchObject({
        status: 404,
        code: 'DRIFT_UNKNOWN',
        detail: expect.stringContaining(`7 of ${BASELINE_EVENTS} first events`) as string,
      });
  });

  it('has no drift of a model that the caller is not limited to', async () => {
    const answer = await fetch(`${log.url}/drift?model=fixed`, {
      headers: { [ALLOWED_MODELS_HEADER]: 'other' },
    });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'MODEL_NOT_ALLOWED' }]);
  });

  it.each([
    ['', /model/],
    ['model=a&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', /^from/],
    ['model=a&from=2000-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', /^from/],
    ['model=a&reference_from=2026-01-01T00:00:00Z', /^reference_from/],
    ['model=%00', /^model/],
    ['model=a&colour=red', /colour/],
  ])('refuses "%s"', async (query, detail) => {
    const problem = await readJson(`${log.url}/drift?${query}`);
    expect(problem).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(problem['detail']).toMatch(detail);
  });
});

describe('with DRIFT=off', () => {
  const postgres = useTestPostgres();

  it('counts no features and says why there is no drift', async () => {
    const databaseUrl = await postgres.createDatabase();
    const service = await startLogging(databaseUrl, { DRIFT: 'off', DRIFT_BASELINE_EVENTS: '10' });
    await eventually(async () => (await statusOf(`${service.url}/ready`)) === 200);
    const events = Array.from({ length: 20 }, () => newEvent({ model: 'off' }));
    expect(answerOf(await post(service.url, events)).stored).toBe(20);
    const problem = await readJson(`${service.url}/drift?model=off`);
    expect(problem).toMatchObject({ status: 404, code: 'DRIFT_UNKNOWN' });
    expect(problem['detail']).toMatch(/DRIFT is off/);
    await service.shutdown('test');
  });
});
