import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { trainSampleModel, useTestMlflow } from '@tidegate/testing';
import { Pool } from 'undici';
import {
  type ExpectedAnswers,
  get,
  type InferenceUnderTest,
  moveAlias,
  type Prediction,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(360_000);

const MODEL = uniqueModelName('digits');
const VERSIONS = ['1', '2'];
/** One runs in the thread that answers, the other one in threads of its own; both share their files. */
const ALIASES = { production: 'execution=inline', canary: 'execution=worker;workers=1' } as const;
const MOVES = 20;
const POOLS = 3;
const CONNECTIONS_PER_POOL = 4;
const BROKEN_AFTER_MOVES = MOVES / 2;

interface PredictAnswer {
  readonly model: { readonly version: string; readonly alias: string };
  readonly predictions: readonly Prediction[];
}

describe('a model whose alias moves while it is asked', () => {
  const mlflow = useTestMlflow();
  const expected = new Map<string, ExpectedAnswers>();
  let app: InferenceUnderTest;

  beforeAll(async () => {
    await trainSampleModel(mlflow, { modelName: MODEL });
    await trainSampleModel(mlflow, { modelName: MODEL, alias: 'challenger', variant: 'strong' });
    for (const version of VERSIONS) {
      expected.set(version, await registryScenario<ExpectedAnswers>(mlflow, 'answers', MODEL, version));
    }
    await moveAliases('1');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: Object.entries(ALIASES)
        .map(([alias, option]) => `${MODEL}@${alias};${option}`)
        .join(),
      MODEL_POLL_INTERVAL_MS: '100',
      // The clients share two cores with the server: nothing is to be refused for want of room.
      QUEUE_MAX_WAIT_MS: '0',
    });
    await untilReady(app);
  }, 240_000);

  afterAll(() => app.remove());

  it(`answers every request over ${MOVES} moves with the output of the version it names; a broken version never serves`, async () => {
    const load = new PredictionLoad(app, expected);
    let version = '1';
    const serves = (wanted: string): Promise<unknown> =>
      until(
        () => Promise.resolve(Object.keys(ALIASES).map((alias) => load.countSince(alias, wanted))),
        (counts) => counts.every((count) => count > CONNECTIONS_PER_POOL),
      );
    await serves(version);

    for (let move = 1; move <= MOVES; move += 1) {
      version = VERSIONS[move % 2] as string;
      await moveAliases(version);
      load.restartCounts();
      await serves(version);
      if (move !== BROKEN_AFTER_MOVES) continue;
      await registryScenario(mlflow, 'corrupt', MODEL, 'production');
      await until(
        () => get(app, '/models'),
        ({ body }) => JSON.stringify(body).includes('MODEL_INVALID'),
      );
      load.restartCounts();
      await serves(version);
    }
    await load.stop();

    expect(load.failures).toEqual([]);
    expect([...load.answered].sort()).toEqual(VERSIONS);
    await leavesNothingBehind(version);
  });

  async function moveAliases(version: string): Promise<void> {
    for (const alias of Object.keys(ALIASES)) await moveAlias(mlflow, MODEL, alias, version);
  }

  async function leavesNothingBehind(version: string): Promise<void> {
    await until(
      () => readdir(path.join(app.cacheDir, MODEL)),
      (folders) => folders.length === 1,
    );
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    for (const alias of Object.keys(ALIASES)) {
      expect(metrics).toContain(
        `inference_model_info{model="${MODEL}",alias="${alias}",version="${version}"} 1`,
      );
    }
    expect(metrics.match(/^inference_model_info{/gm)).toHaveLength(2);
    // The first load, and each move.
    const loads = 2 * (MOVES + 1);
    expect(metrics).toContain(`inference_model_reloads_total{model="${MODEL}",result="success"} ${loads}`);
    expect(metrics).toMatch(/inference_model_reloads_total{.*result="failure"} [1-9]/);
    expect(metrics).toContain(`inference_errors_total{model="${MODEL}"} 0`);
  }
});

/** Clients that ask without a pause, each for another number of instances, and check every answer. */
class PredictionLoad {
  /** The versions that answered. */
  readonly answered = new Set<string>();
  readonly failures: unknown[] = [];
  /** Answers by `alias/version`, since the alias gave another version. */
  private readonly counts = new Map<string, number>();
  private readonly pools: readonly Pool[];
  private readonly clients: readonly Promise<void>[];
  private isRunning = true;

  constructor(
    app: InferenceUnderTest,
    private readonly expected: ReadonlyMap<string, ExpectedAnswers>,
  ) {
    this.pools = Array.from(
      { length: POOLS },
      () => new Pool(app.url, { connections: CONNECTIONS_PER_POOL }),
    );
    this.clients = this.pools.flatMap((pool, index) =>
      Array.from({ length: CONNECTIONS_PER_POOL }, (_, client) =>
        this.ask(pool, Object.keys(ALIASES)[client % 2] ?? '', 1 + index * 7 + client),
      ),
    );
  }

  /** Answers of `version` since the last restart. */
  countSince(alias: string, version: string): number {
    return this.counts.get(`${alias}/${version}`) ?? 0;
  }

  restartCounts(): void {
    this.counts.clear();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all(this.clients);
    await Promise.all(this.pools.map((pool) => pool.close()));
  }

  private async ask(pool: Pool, alias: string, rows: number): Promise<void> {
    const instances = this.expected.get('1')?.instances.slice(0, rows);
    const request = {
      method: 'POST',
      path: '/predict',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${MODEL}@${alias}`, instances }),
    } as const;
    while (this.isRunning) {
      try {
        const { statusCode, body } = await pool.request(request);
        const text = await body.text();
        if (statusCode === 200) this.check(JSON.parse(text) as PredictAnswer, alias, rows);
        else this.failures.push({ statusCode, text });
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  private check({ model, predictions }: PredictAnswer, alias: string, rows: number): void {
    const { version } = model;
    const difference = differenceTo(this.expected.get(version), predictions);
    if (model.alias !== alias || predictions.length !== rows || !(difference < 1e-5))
      this.failures.push({ model, alias, rows, difference });
    this.answered.add(version);
    const key = `${alias}/${version}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

/** Largest deviation from Python's probabilities; not a number when a label differs. */
function differenceTo(expected: ExpectedAnswers | undefined, predictions: readonly Prediction[]): number {
  return Math.max(
    ...predictions.map(({ label, probabilities }, row) =>
      label === expected?.labels[row]
        ? Math.max(
            ...probabilities.map((value, column) =>
              Math.abs(value - (expected.probabilities[row]?.[column] ?? NaN)),
            ),
          )
        : NaN,
    ),
  );
}
