import type { ModelSelector } from './model-selector';

/** One version as the registry knows it: the same version at another location is another target. */
export interface ModelTarget {
  readonly name: string;
  readonly version: string;
  /** Where its files are, in the registry's own words. */
  readonly location: string;
}

/** What this app needs of a model registry. */
export interface ModelRegistry {
  /** @throws ModelProblem when the registry is away or has no such version. */
  resolve(selector: ModelSelector, signal: AbortSignal): Promise<ModelTarget>;
  /** Brings all files to `folder`, which does not exist yet; complete or not at all. @throws ModelProblem */
  download(target: ModelTarget, folder: string, signal: AbortSignal): Promise<void>;
}
