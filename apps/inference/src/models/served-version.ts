import type { Mlmodel } from '@tidegate/mlflow-client';
import type { EngineMetadata } from '../engine/model-engine';
import type { ModelExecutor } from '../execution/model-executor';
import type { ModelRun } from '../protocols/protocol';
import { InstanceReader } from '../tensors/instance-reader';
import { PredictionWriter } from '../tensors/prediction-writer';
import type { RowLayout } from '../tensors/row-layout';
import type { Tensors } from '../tensors/tensor';
import type { ModelTarget } from './model-registry';

/** What was found out about a version while it was loaded. */
export interface LoadFacts {
  readonly loadedAtMs: number;
  /** Duration of one run of one row, measured at warm-up; undefined when the model could not be warmed up. */
  readonly runMs: number | undefined;
  /** How long it took to load and optimise the graph. */
  readonly loadMs: number;
  /** Where it runs: in the thread that serves HTTP, or in worker threads. */
  readonly execution: 'inline' | 'worker';
  /** Instances of several requests run together: equal rows gave equal rows at warm-up. */
  readonly mergesRequests: boolean;
}

export interface ServedVersionParts {
  readonly target: ModelTarget;
  readonly mlmodel: Mlmodel;
  readonly metadata: EngineMetadata;
  readonly layout: RowLayout;
  readonly executor: ModelExecutor;
  readonly facts: LoadFacts;
}

/** One model version in memory. It stays until it is retired and the last request that uses it has ended. */
export class ServedVersion {
  readonly target: ModelTarget;
  readonly mlmodel: Mlmodel;
  readonly metadata: EngineMetadata;
  readonly layout: RowLayout;
  readonly executor: ModelExecutor;
  readonly facts: LoadFacts;
  /** JSON instances to tensors. */
  readonly reader: InstanceReader;
  private readonly outputWriter: PredictionWriter;
  private readonly inputWriter: PredictionWriter;
  private users = 0;
  private isRetired = false;
  private reportIdle: () => void = () => undefined;

  constructor(parts: ServedVersionParts) {
    const { metadata, layout } = parts;
    this.target = parts.target;
    this.mlmodel = parts.mlmodel;
    this.metadata = metadata;
    this.layout = layout;
    this.executor = parts.executor;
    this.facts = parts.facts;
    this.reader = new InstanceReader(metadata.inputs, layout);
    this.outputWriter = new PredictionWriter(metadata.outputs, layout);
    this.inputWriter = new PredictionWriter(metadata.inputs, layout);
  }

  /** The predictions as JSON, one text a row. `outputs`: one for each run, in order. @throws ProblemError `MODEL_FAILED` */
  outputTexts(outputs: readonly Tensors[], runs: readonly ModelRun[]): readonly string[] {
    const [only] = outputs;
    // Nearly every request is one run, whose texts need no copy.
    if (outputs.length === 1 && only !== undefined)
      return this.outputWriter.rowTexts(only, runs[0]?.rows ?? 1);
    return outputs.flatMap((each, index) => this.outputWriter.rowTexts(each, runs[index]?.rows ?? 1));
  }

  /** The instances as JSON, one text a row, as the model saw them. */
  inputTexts(runs: readonly ModelRun[]): readonly string[] {
    return runs.flatMap(({ inputs, rows }) => this.inputWriter.rowTexts(inputs, rows));
  }

  /** Keeps the version from being freed until `release`. */
  acquire(): void {
    this.users += 1;
  }

  release(): void {
    this.users -= 1;
    if (this.users === 0 && this.isRetired) this.reportIdle();
  }

  /** Frees it once nobody uses it any more. */
  async retire(): Promise<void> {
    this.isRetired = true;
    if (this.users > 0) await new Promise<void>((resolve) => (this.reportIdle = resolve));
    await this.executor.dispose();
  }
}
