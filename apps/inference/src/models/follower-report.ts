import { Injectable, Logger } from '@nestjs/common';
import { InferenceMetrics } from '../status/inference-metrics';
import type { FollowerListener, LoadFailure } from './model-follower';
import { ModelProblem } from './model-problem';
import type { ModelTarget } from './model-registry';
import { type ModelSelector, stageOf } from './model-selector';
import type { ServedVersion } from './served-version';

/** Tells the log and the metrics what the followers find: each change of state once, with its cause. */
@Injectable()
export class FollowerReport implements FollowerListener {
  private readonly logger = new Logger('Models');
  /** What the registry last said of each model. */
  private readonly answers = new Map<ModelSelector, ModelProblem | undefined>();
  private isAccessible: boolean | undefined;

  constructor(private readonly metrics: InferenceMetrics) {}

  /** Whether the registry answered, and let us in, when it was last asked: for one model at least. */
  get isRegistryAccessible(): boolean {
    return this.isAccessible ?? false;
  }

  /** The series exists from the start, so that a model that never loads is seen too. */
  announce(selector: ModelSelector): void {
    this.metrics.modelLoaded.set({ model: selector.name, stage: stageOf(selector) }, 0);
    this.metrics.modelFromDisk.set({ model: selector.name, stage: stageOf(selector) }, 0);
  }

  onRegistryAnswer(selector: ModelSelector, problem: ModelProblem | undefined): void {
    const isNew = Array.from(this.answers.values()).every((known) => known?.message !== problem?.message);
    this.answers.set(selector, problem);
    const isAccessible = Array.from(this.answers.values()).some(hasAnswered);
    this.metrics.mlflowAccessible.set(isAccessible ? 1 : 0);
    if (problem !== undefined && isNew) {
      const { code, message: cause, remedy } = problem;
      this.logger.warn({ code, cause, remedy }, 'the registry gives no version to serve');
    }
    if (isAccessible && this.isAccessible !== true) this.logger.log('MLflow is accessible');
    this.isAccessible = isAccessible;
  }

  onServing(selector: ModelSelector, version: ServedVersion, previous: ServedVersion | undefined): void {
    const labels = { model: selector.name, alias: selector.alias ?? '' };
    if (previous) this.metrics.modelInfo.remove({ ...labels, version: previous.target.version });
    this.metrics.modelInfo.set({ ...labels, version: version.target.version }, 1);
    this.metrics.modelLoaded.set({ model: selector.name, stage: stageOf(selector) }, 1);
    this.metrics.modelReloads.inc({ model: selector.name, result: 'success' });
    const { runMs } = version.facts;
    this.logger.log(
      { model: selector.text, version: version.target.version, previous: previous?.target.version, runMs },
      'model is served',
    );
  }

  onFromDisk(selector: ModelSelector, isFromDisk: boolean): void {
    this.metrics.modelFromDisk.set({ model: selector.name, stage: stageOf(selector) }, isFromDisk ? 1 : 0);
    const fields = { model: selector.text };
    if (!isFromDisk) this.logger.log(fields, 'the registry says again which version is served');
    else
      this.logger.warn(
        fields,
        'the version that served last is served from its copy on disk: the registry has none to load',
      );
  }

  onCopyFailed(selector: ModelSelector, error: unknown): void {
    const known = error instanceof ModelProblem ? { code: error.code, remedy: error.remedy } : {};
    this.logger.warn(
      { model: selector.text, ...known, err: error },
      'the copy on disk is of no use: without the registry this model could not be loaded at a start',
    );
  }

  onDamaged(target: ModelTarget, differences: readonly string[]): void {
    const { name: model, version } = target;
    this.logger.warn({ model, version, differences }, 'a copy on disk is damaged and is fetched anew');
  }

  onCacheShared(folder: string): void {
    this.logger.warn(
      { folder },
      'another process uses MODEL_CACHE_DIR: this one has a folder of its own there; give each process its own',
    );
  }

  onLoadFailed(selector: ModelSelector, failure: LoadFailure): void {
    const { target, problem, attempts } = failure;
    this.metrics.modelReloads.inc({ model: selector.name, result: 'failure' });
    const { code, message: cause, remedy } = problem;
    const unexpected = code === 'MODEL_LOAD_FAILED' ? { err: problem.cause } : {};
    this.logger.error(
      { model: selector.text, version: target.version, code, cause, remedy, attempts, ...unexpected },
      'a model version cannot be served; what was served before goes on',
    );
  }

  onCleanUpFailed(selector: ModelSelector, error: unknown): void {
    this.logger.error({ model: selector.text, err: error }, 'an old model version could not be freed');
  }
}

function hasAnswered(problem: ModelProblem | undefined): boolean {
  return problem?.code !== 'REGISTRY_UNAVAILABLE' && problem?.code !== 'REGISTRY_REFUSED';
}
