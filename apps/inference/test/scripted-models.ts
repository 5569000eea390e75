import { parseMlmodel } from '@tidegate/mlflow-client';
import type { FakeClock } from '@tidegate/testing';
import { InlineLane } from '../src/execution/lanes';
import { ModelExecutor } from '../src/execution/model-executor';
import type { LoadedVersion } from '../src/models/model-loader';
import { ModelProblem, type ModelProblemCode } from '../src/models/model-problem';
import type { ModelFile, ModelRegistry, ModelTarget } from '../src/models/model-registry';
import type { ModelSelector } from '../src/models/model-selector';
import { ServedVersion } from '../src/models/served-version';
import { layoutOf } from '../src/tensors/row-layout';
import type { Tensors, TensorSpec } from '../src/tensors/tensor';

/** Answers as it is told. */
export class ScriptedRegistry implements ModelRegistry {
  target: ModelTarget = { name: 'digits', version: '1', location: 'here' };
  failure: ModelProblemCode | undefined;
  isSilent = false;
  questions = 0;

  async resolve(_selector: unknown, signal: AbortSignal): Promise<ModelTarget> {
    this.questions += 1;
    if (this.isSilent) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }
    if (this.failure !== undefined) throw new ModelProblem(this.failure, 'as told');
    return Promise.resolve(this.target);
  }

  download(): Promise<readonly ModelFile[]> {
    return Promise.resolve([]);
  }
}

/** What is kept for the next start, in memory. */
export class ScriptedLastServed {
  kept: ModelTarget | undefined;
  failure: Error | undefined;
  onWrite: () => void = () => undefined;
  readonly written: string[] = [];

  read(): Promise<ModelTarget | undefined> {
    return Promise.resolve(this.kept);
  }

  write(_selector: ModelSelector, target: ModelTarget): Promise<void> {
    this.onWrite();
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.written.push(target.version);
    return Promise.resolve();
  }
}

const row: TensorSpec = { name: 'x', type: 'float32', shape: [undefined] };

/** Loads at once, and notes what it does. */
export class ScriptedLoader {
  readonly loads: string[] = [];
  readonly disposed: string[] = [];
  readonly released: string[] = [];
  /** Of one version. */
  readonly failures = new Map<string, ModelProblemCode>();
  /** Of all versions. */
  failure: ModelProblemCode | undefined;
  unexpected: Error | undefined;
  disposeFailure: Error | undefined;

  constructor(private readonly clock: FakeClock) {}

  load(target: ModelTarget): Promise<LoadedVersion> {
    this.loads.push(target.version);
    const failure = this.failure ?? this.failures.get(target.version);
    if (this.unexpected !== undefined) return Promise.reject(this.unexpected);
    if (failure !== undefined) return Promise.reject(new ModelProblem(failure, 'as told'));
    const release = (): Promise<void> => {
      this.released.push(target.version);
      return Promise.resolve();
    };
    const files = { path: `/models/${target.version}`, release };
    return Promise.resolve({ version: this.versionOf(target), files });
  }

  private versionOf(target: ModelTarget): ServedVersion {
    const metadata = { inputs: [row], outputs: [row] };
    const lane = {
      run: (inputs: Tensors) => Promise.resolve(inputs),
      dispose: () => {
        this.disposed.push(target.version);
        return this.disposeFailure === undefined ? Promise.resolve() : Promise.reject(this.disposeFailure);
      },
    };
    return new ServedVersion({
      target,
      mlmodel: parseMlmodel('flavors: {}'),
      metadata,
      layout: layoutOf(metadata),
      executor: new ModelExecutor({
        lanes: new InlineLane(lane),
        mergesRequests: true,
        settings: { maxQueueRows: 1, maxQueueMs: 0, maxBatchRows: 1, requestTimeoutMs: 1 },
        listener: { onRun: () => undefined, onTaken: () => undefined },
        clock: this.clock,
      }),
      facts: { loadedAtMs: 0, runMs: 0, loadMs: 0, execution: 'inline', mergesRequests: true },
    });
  }
}
