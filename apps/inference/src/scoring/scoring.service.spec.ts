import { Logger } from '@nestjs/common';
import { ProblemError } from '@tidegate/schemas';
import { FakeClock } from '@tidegate/testing';
import { register } from 'prom-client';
import { PredictionEvents } from '../events/prediction-events';
import type { ScoredRows } from '../events/scored-rows';
import type { ModelFollower } from '../models/model-follower';
import { plainSpec } from '../models/model-spec';
import { ServedModels } from '../models/served-models';
import { OpenInferenceProtocol } from '../protocols/open-inference/open-inference-protocol';
import { PredictProtocol } from '../protocols/predict/predict-protocol';
import { specVersion } from '../protocols/spec-version';
import type { ModelRun, ScoringProtocol } from '../protocols/protocol';
import { InferenceMetrics } from '../status/inference-metrics';
import { PredictionTally } from '../status/prediction-tally';
import type { TensorSpec, Tensors } from '../tensors/tensor';
import { ScoringService } from './scoring.service';
import { ShadowTraffic } from './shadow-traffic';

const SELECTOR = { text: 'digits@production', name: 'digits', alias: 'production' };
const NUMBER: TensorSpec = { name: 'x', type: 'float32', shape: [undefined] };
const TEXT: TensorSpec = { name: 'x', type: 'string', shape: [undefined] };

/** The service with one model that answers what it gets, and a log that never takes anything. */
class Subject {
  private readonly clock = new FakeClock();
  private readonly metrics = new InferenceMetrics();
  readonly tally = new PredictionTally(this.metrics, this.clock);
  /** What the model does. */
  run: (inputs: Tensors) => Tensors = (inputs) => inputs;
  runs = 0;
  readonly follower: ModelFollower;
  readonly events: PredictionEvents;
  private readonly service: ScoringService;

  constructor(spec: TensorSpec, settings: { logQueueEvents?: number; logWhenFull?: 'drop' | 'refuse' }) {
    const submit = (runs: readonly ModelRun[]): Promise<Tensors>[] => {
      this.runs += 1;
      return runs.map(({ inputs }) => Promise.resolve(this.run(inputs)));
    };
    const version = Object.assign(specVersion([spec], [spec]), { executor: { submit } });
    const follower = { spec: plainSpec(SELECTOR), selector: SELECTOR, current: version };
    this.follower = follower as unknown as ModelFollower;
    const models = new ServedModels([this.follower]);
    const { clock, metrics, tally } = this;
    this.events = new PredictionEvents(
      {
        loggingUrl: 'http://127.0.0.1:9',
        logQueueEvents: 50_000,
        logInputs: 'full',
        logSample: 1,
        logSpoolDir: undefined,
        logSpoolMaxBytes: 0,
        logWhenFull: 'refuse',
        internalToken: undefined,
        drainTimeoutMs: 0,
        ...settings,
      },
      metrics,
      clock,
      () => 0,
    );
    const { events } = this;
    const shadows = new ShadowTraffic({ models, events, metrics, clock, random: () => 0 });
    this.service = new ScoringService({ models, tally, events, shadows, clock });
  }

  /** `answered`, or the code of the problem. */
  async ask(protocol: ScoringProtocol, path: string, body: object): Promise<string> {
    const context = { requestId: 'r', traceparent: undefined, subject: undefined, startedMs: 0 };
    const raw = {
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    };
    try {
      await this.service.score(protocol, raw, { ...context, isAbandoned: () => false });
      return 'answered';
    } catch (error) {
      if (error instanceof ProblemError) return error.code;
      throw error;
    }
  }

  predict(instances: readonly unknown[]): Promise<string> {
    return this.ask(new PredictProtocol(1e6), '/predict', { instances });
  }

  /** So many instances, as tensors. */
  infer(rows: number): Promise<string> {
    const input = { name: 'x', datatype: 'FP32', shape: [rows], data: Array<number>(rows).fill(1) };
    return this.ask(new OpenInferenceProtocol(), '/v2/models/digits/infer', { inputs: [input] });
  }

  get waiting(): number {
    return this.metrics.countWaitingEvents();
  }

  async dropped(): Promise<number> {
    const { values } = await this.metrics.logEvents.get();
    return values.find(({ labels }) => labels.result === 'dropped')?.value ?? 0;
  }
}

describe('a prediction whose events cannot be made', () => {
  afterEach(() => {
    register.clear();
    jest.restoreAllMocks();
  });

  it.each(['drop', 'refuse'] as const)(
    'is answered, also with LOG_WHEN_FULL=%s, and counted once; its rows count as dropped',
    async (logWhenFull) => {
      const error = jest.spyOn(Logger.prototype, 'error').mockImplementation();
      const subject = new Subject(NUMBER, { logWhenFull });
      subject.run = () => ({ x: { type: 'float32', dims: [1], data: Float32Array.of(7) } });

      expect([await subject.infer(3), await subject.infer(2)]).toEqual(['answered', 'answered']);

      expect([subject.tally.predictionCount, subject.tally.errorCount]).toEqual([5, 0]);
      expect([await subject.dropped(), subject.waiting]).toEqual([5, 0]);
      expect(error.mock.calls).toEqual([
        [
          expect.objectContaining({ model: 'digits@production', version: '3' }),
          expect.stringContaining('input example'),
        ],
      ]);
      await subject.infer(1);
      expect(subject.waiting).toBe(1);
    },
  );
});

describe('LOG_WHEN_FULL=refuse', () => {
  afterEach(() => register.clear());

  it('gives no prediction that is not logged, however many rows come however close together', async () => {
    const subject = new Subject(NUMBER, { logQueueEvents: 100 });
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, request) => subject.infer(1 + (request % 7))),
    );

    expect(new Set(outcomes)).toEqual(new Set(['answered', 'OVERLOADED']));
    const { predictionCount, errorCount } = subject.tally;
    expect(predictionCount).toBeGreaterThan(90);
    expect(subject.waiting).toBe(predictionCount);
    const rows = outcomes.map((_, request) => 1 + (request % 7)).reduce((sum, each) => sum + each);
    expect(predictionCount + errorCount).toBe(rows);
  });

  it('gives none beyond the limit in bytes, which large instances reach first', async () => {
    const subject = new Subject(TEXT, {});
    const image = 'x'.repeat(500_000);
    let answered = 0;
    for (let request = 0; request < 40; request += 1) {
      if ((await subject.predict([image, image])) === 'answered') answered += 2;
    }

    expect(answered).toBeGreaterThan(60);
    expect(answered).toBeLessThan(80);
    expect(subject.waiting).toBe(answered);
    const { runs } = subject;
    expect(await subject.predict([image, image])).toBe('OVERLOADED');
    expect(subject.runs).toBe(runs);
  });

  it('is about answers: what a challenger says is dropped, and stops nobody', async () => {
    const subject = new Subject(NUMBER, { logQueueEvents: 1 });
    expect(await subject.infer(1)).toBe('answered');
    const rows = { id: 'a', requestId: 'a', follower: subject.follower, version: subject.follower.current };
    const texts = { rowTexts: () => ['1'], inputTexts: () => ['1'] };
    const challenged = { ...rows, ...texts, latencyMs: 1, runs: [] } as unknown as ScoredRows;
    expect(() => subject.events.add(challenged)).toThrow(ProblemError);
    expect(() => subject.events.add({ ...challenged, shadowOf: 'digits@production' })).not.toThrow();
    expect(subject.waiting).toBe(1);
  });

  it('refuses no request for good: one with more rows than may wait is answered when none waits', async () => {
    const subject = new Subject(NUMBER, { logQueueEvents: 5 });
    expect([await subject.infer(8), await subject.infer(1)]).toEqual(['answered', 'OVERLOADED']);
    expect(subject.waiting).toBe(8);
  });
});
