import type { LoadedEngine } from '../engine/model-engine';
import type { ModelTarget } from './model-registry';
import type { RowLayout } from '../predict/row-layout';
import { InstanceReader } from '../predict/instance-reader';
import { PredictionWriter } from '../predict/prediction-writer';

/** What was found out about a version while it was loaded. */
export interface LoadFacts {
  readonly loadedAtMs: number;
  /** Duration of one run of one row, measured at warm-up; undefined when the model could not be warmed up. */
  readonly runMs: number | undefined;
}

/** One model version in memory. It stays until it is retired and the last request that uses it has ended. */
export class ServedVersion {
  private readonly reader: InstanceReader;
  private readonly writer: PredictionWriter;
  private users = 0;
  private isRetired = false;
  private reportIdle: () => void = () => undefined;

  constructor(
    readonly target: ModelTarget,
    readonly engine: LoadedEngine,
    readonly layout: RowLayout,
    readonly facts: LoadFacts,
  ) {
    this.reader = new InstanceReader(engine.metadata.inputs, layout);
    this.writer = new PredictionWriter(engine.metadata.outputs, layout);
  }

  /** Keeps the version from being freed while `work` runs. */
  async use<T>(work: (version: this) => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      return await work(this);
    } finally {
      this.users -= 1;
      if (this.users === 0 && this.isRetired) this.reportIdle();
    }
  }

  /**
   * One prediction per instance, in order; every instance is checked before the first one runs.
   *
   * @throws ProblemError `BODY_INVALID` when an instance does not fit the model; whatever the runtime throws.
   */
  async predict(instances: readonly unknown[]): Promise<unknown[]> {
    if (this.layout.isStacked) {
      const outputs = await this.engine.run(this.reader.read(instances, 0, instances.length));
      return this.writer.write(outputs, instances.length);
    }
    const inputs = instances.map((_, row) => this.reader.read(instances, row, 1));
    const predictions: unknown[] = [];
    for (const row of inputs) predictions.push(...this.writer.write(await this.engine.run(row), 1));
    return predictions;
  }

  /** Frees it once nobody uses it any more. */
  async retire(): Promise<void> {
    this.isRetired = true;
    if (this.users > 0) await new Promise<void>((resolve) => (this.reportIdle = resolve));
    await this.engine.dispose();
  }
}
