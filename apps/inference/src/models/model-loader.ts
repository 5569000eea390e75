import type { Clock } from '@tidegate/clock';
import { MlflowError, readMlmodel } from '@tidegate/mlflow-client';
import type { LoadedEngine, ModelEngine, ModelFolder } from '../engine/model-engine';
import { layoutOf } from '../predict/row-layout';
import type { HeldFolder, ModelCache } from './model-cache';
import { ModelProblem } from './model-problem';
import type { ModelTarget } from './model-registry';
import { ServedVersion } from './served-version';
import { warmUp } from './warm-up';

/** A version ready to serve, and its files. */
export interface LoadedVersion {
  readonly version: ServedVersion;
  readonly files: HeldFolder;
}

/** Brings a version from the registry into memory: files, flavour, engine, warm-up. */
export class ModelLoader {
  constructor(
    private readonly cache: ModelCache,
    private readonly engines: readonly ModelEngine[],
    private readonly clock: Clock,
  ) {}

  /** @throws ModelProblem for every failure that a person can mend; nothing is left in memory then. */
  async load(target: ModelTarget, signal: AbortSignal): Promise<LoadedVersion> {
    const files = await this.cache.hold(target, signal);
    try {
      return { version: await this.open(target, files.path), files };
    } catch (error) {
      await files.release(true);
      throw error;
    }
  }

  private async open(target: ModelTarget, path: string): Promise<ServedVersion> {
    const folder = { path, mlmodel: await mlmodelIn(path) };
    const engine = await this.engineFor(folder).load(folder);
    try {
      const layout = layoutOf(engine.metadata);
      const runMs = await this.warmUp(engine, folder);
      return new ServedVersion(target, engine, layout, { loadedAtMs: this.clock.nowMs(), runMs });
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }

  private engineFor({ mlmodel }: ModelFolder): ModelEngine {
    const engine = this.engines.find(({ flavour }) => mlmodel.flavors[flavour] !== undefined);
    if (engine !== undefined) return engine;
    const has = Object.keys(mlmodel.flavors).join(', ');
    const served = this.engines.map(({ flavour }) => flavour).join(', ');
    throw new ModelProblem(
      'MODEL_FLAVOUR_UNSUPPORTED',
      `The model has the flavours ${has}; served are ${served}.`,
    );
  }

  private warmUp(engine: LoadedEngine, folder: ModelFolder): Promise<number | undefined> {
    return warmUp(engine, folder, layoutOf(engine.metadata), this.clock).catch((cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ModelProblem('MODEL_INVALID', `The model loads but fails on its first run: ${said}`, cause);
    });
  }
}

async function mlmodelIn(path: string): Promise<ModelFolder['mlmodel']> {
  try {
    return await readMlmodel(path);
  } catch (error) {
    if (error instanceof MlflowError) throw new ModelProblem('MODEL_INVALID', error.message, error);
    throw error;
  }
}
