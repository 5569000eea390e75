import { FakeClock } from '@tidegate/testing';
import { register } from 'prom-client';
import type { PredictionEvents } from '../events/prediction-events';
import type { ScoredRows } from '../events/scored-rows';
import type { ModelFollower } from '../models/model-follower';
import { plainSpec } from '../models/model-spec';
import { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import { specVersion } from '../protocols/spec-version';
import type { ModelRun } from '../protocols/protocol';
import { InferenceMetrics } from '../status/inference-metrics';
import type { Tensors, TensorSpec } from '../tensors/tensor';
import { ShadowTraffic } from './shadow-traffic';

const NUMBER: TensorSpec = { name: 'x', type: 'float32', shape: [undefined] };

describe('a challenger that takes the same inputs', () => {
  let logged: string[][];

  beforeEach(() => (logged = []));
  afterEach(() => register.clear());

  /** `isStacked`: what the trial found out about it, whatever its metadata says. */
  function version(isStacked: boolean, run = (inputs: Tensors) => inputs): ServedVersion {
    const submit = (runs: readonly ModelRun[]): Promise<Tensors>[] =>
      runs.map(({ inputs }) => Promise.resolve(run(inputs)));
    const made = specVersion([NUMBER], [NUMBER]);
    const parts = { ...made, layout: { ...made.layout, isStacked } };
    const Version = made.constructor as new (parts: unknown) => ServedVersion;
    return Object.assign(new Version(parts), { executor: { submit, isIdle: true } });
  }

  function follower(alias: string, current: ServedVersion, shadowShare?: number): ModelFollower {
    const selector = { text: `digits@${alias}`, name: 'digits', alias };
    return { spec: { ...plainSpec(selector), shadowShare }, selector, current } as unknown as ModelFollower;
  }

  /** What became of these runs. */
  async function resultOf(
    production: ServedVersion,
    challenger: ServedVersion,
    runs: readonly ModelRun[],
  ): Promise<unknown> {
    const answering = follower('production', production);
    const models = new ServedModels([answering, follower('challenger', challenger, 1)]);
    const events = { add: (rows: ScoredRows) => logged.push([...rows.rowTexts()]) };
    const metrics = new InferenceMetrics();
    const parts = { models, metrics, clock: new FakeClock(), random: () => 0.5 };
    const shadows = new ShadowTraffic({ ...parts, events: events as unknown as PredictionEvents });
    const ids = { id: 'a', requestId: 'a', traceparent: undefined, subject: undefined };
    shadows.consider({ ...ids, follower: answering, version: production, runs });
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    return (await metrics.shadowPredictions.get()).values.map(({ labels }) => labels.result);
  }

  function run(...values: readonly number[]): Tensors {
    return { x: { type: 'float32', dims: [values.length], data: Float32Array.from(values) } };
  }

  it('runs on rows together, and on one after the other as they are', async () => {
    const together = [{ inputs: run(1, 2), rows: 2 }];
    expect(await resultOf(version(true), version(true), together)).toEqual(['answered']);
    register.clear();
    const apart = [
      { inputs: run(3), rows: 1 },
      { inputs: run(4), rows: 1 },
    ];
    expect(await resultOf(version(false), version(true), apart)).toEqual(['answered']);
    expect(logged).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('but no rows together gets none: what it would say could not be told apart', async () => {
    const together = [{ inputs: run(1, 2), rows: 2 }];
    expect(await resultOf(version(true), version(false), together)).toEqual(['other_inputs']);
    register.clear();
    expect(await resultOf(version(true), version(false), [{ inputs: run(5), rows: 1 }])).toEqual([
      'answered',
    ]);
    expect(logged).toEqual([['5']]);
  });

  it('and rows together gets nothing that production took as one', async () => {
    const whole = [{ inputs: run(1, 2), rows: 1 }];
    expect(await resultOf(version(false), version(true), whole)).toEqual(['other_inputs']);
    register.clear();
    expect(await resultOf(version(false), version(false), whole)).toEqual(['answered']);
  });
});
