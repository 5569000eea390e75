import { MlflowError, type Mlmodel, readMlmodel } from '@tidegate/mlflow-client';
import type { Clock } from '@tidegate/clock';
import { engineFor } from '../engine/engine-for';
import type { ModelEngine, ModelFolder } from '../engine/model-engine';
import { WorkerLane } from '../engine/worker-lane';
import type { OpenedModel } from '../engine/worker-messages';
import { InlineLane, type Lanes, type LanesListener } from '../execution/lanes';
import { type ExecutorListener, type ExecutorSettings, ModelExecutor } from '../execution/model-executor';
import { WorkerLanes } from '../execution/worker-lanes';
import { layoutOf } from '../tensors/row-layout';
import { isQuickEnoughInline } from './execution-choice';
import type { HeldFolder, ModelCache } from './model-cache';
import { ModelProblem } from './model-problem';
import type { ModelTarget } from './model-registry';
import type { ModelSpec } from './model-spec';
import { ServedVersion } from './served-version';
import { signatureProblems } from './signature-check';
import { probeModel } from './warm-up';

/** A version ready to serve, and its files. */
export interface LoadedVersion {
  readonly version: ServedVersion;
  readonly files: HeldFolder;
}

export interface LoaderParts {
  readonly cache: ModelCache;
  readonly engines: readonly ModelEngine[];
  /** `workers`: threads of a model that does not say how many. */
  readonly settings: ExecutorSettings & { readonly workers: number };
  readonly listenerFor: (model: string) => ExecutorListener & LanesListener;
  readonly clock: Clock;
}

/**
 * Brings a version from the registry into memory: files, flavour, engine, warm-up. It is loaded in a worker thread first:
 * a large model must not hold up the thread that answers requests, and what a run costs decides where it stays.
 */
export class ModelLoader {
  constructor(private readonly parts: LoaderParts) {}

  /** @throws ModelProblem for every failure that a person can mend; nothing is left in memory then. */
  async load(target: ModelTarget, spec: ModelSpec, signal: AbortSignal): Promise<LoadedVersion> {
    const files = await this.parts.cache.hold(target, signal);
    try {
      return { version: await this.open(target, spec, files.path, signal), files };
    } catch (error) {
      await files.release(true);
      throw error;
    }
  }

  private async open(
    target: ModelTarget,
    spec: ModelSpec,
    path: string,
    signal: AbortSignal,
  ): Promise<ServedVersion> {
    const { clock, settings, listenerFor } = this.parts;
    const folder = { path, mlmodel: await mlmodelIn(path) };
    const engine = engineFor(this.parts.engines, folder.mlmodel);
    const first = await WorkerLane.open(folder, signal);
    try {
      const { opened } = first;
      assertSignatureFits(folder.mlmodel, opened);
      // A challenger must not hold up who answers.
      const isInline =
        spec.shadowShare === undefined &&
        (spec.execution === 'inline' || (spec.execution === 'auto' && isQuickEnoughInline(opened)));
      const lanes = isInline
        ? await this.inlineLane(engine, folder, first)
        : await this.workerLanes(first, folder, { target, spec, signal });
      const { metadata, probe, loadMs } = opened;
      const declared = layoutOf(metadata);
      const layout = { ...declared, isStacked: declared.isStacked && probe.givesRowPerRow };
      const executor = new ModelExecutor({
        lanes,
        mergesRequests: probe.areRowsIndependent,
        warmRunMs: probe.runMs,
        settings,
        listener: listenerFor(target.name),
        clock,
      });
      const execution = isInline ? ('inline' as const) : ('worker' as const);
      const facts = {
        loadedAtMs: clock.nowMs(),
        runMs: probe.runMs,
        loadMs,
        execution,
        mergesRequests: probe.areRowsIndependent,
      };
      return new ServedVersion({ target, mlmodel: folder.mlmodel, metadata, layout, executor, facts });
    } catch (error) {
      await first.dispose();
      throw error;
    }
  }

  private async inlineLane(engine: ModelEngine, folder: ModelFolder, first: WorkerLane): Promise<Lanes> {
    const loaded = await engine.load(folder);
    try {
      await probeModel(loaded, folder, this.parts.clock);
      await first.dispose();
    } catch (error) {
      await loaded.dispose();
      throw error;
    }
    return new InlineLane(loaded);
  }

  private async workerLanes(
    first: WorkerLane,
    folder: ModelFolder,
    { target, spec, signal }: { target: ModelTarget; spec: ModelSpec; signal: AbortSignal },
  ): Promise<Lanes> {
    const { clock, settings, listenerFor } = this.parts;
    // A challenger must not take the cores from who answers.
    const count = spec.workers ?? (spec.shadowShare === undefined ? settings.workers : 1);
    const others = await allOrNone(Array.from({ length: count - 1 }, () => WorkerLane.open(folder, signal)));
    return new WorkerLanes({
      lanes: [first, ...others],
      open: (stopping) => WorkerLane.open(folder, stopping),
      listener: listenerFor(target.name),
      clock,
    });
  }
}

async function allOrNone(openings: readonly Promise<WorkerLane>[]): Promise<WorkerLane[]> {
  const outcomes = await Promise.allSettled(openings);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  const lanes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (failed === undefined) return lanes;
  await Promise.all(lanes.map((lane) => lane.dispose()));
  throw failed.reason;
}

function assertSignatureFits(mlmodel: Mlmodel, { metadata }: OpenedModel): void {
  const problems = signatureProblems(mlmodel, metadata);
  if (problems.length === 0) return;
  throw new ModelProblem(
    'MODEL_INVALID',
    `The signature of the model does not fit its graph: ${problems.join('; ')}.`,
  );
}

async function mlmodelIn(path: string): Promise<Mlmodel> {
  try {
    return await readMlmodel(path);
  } catch (error) {
    if (error instanceof MlflowError) throw new ModelProblem('MODEL_INVALID', error.message, error);
    throw error;
  }
}
