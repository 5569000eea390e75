import type { ModelSelector } from './model-selector';

/** One version as the registry knows it: the same version at another location is another target. */
export interface ModelTarget {
  readonly name: string;
  readonly version: string;
  /** Where its files are, in the registry's own words. */
  readonly location: string;
  /** Path of a file → SHA-256 that the registry expects of it, in hexadecimal digits. @default nothing is known */
  readonly expectedHashes?: Readonly<Record<string, string>>;
}

/** A file of a model as it came. */
export interface ModelFile {
  /** Relative to the model's folder, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** What this app needs of a model registry. */
export interface ModelRegistry {
  /** @throws ModelProblem when the registry is away or has no such version. */
  resolve(selector: ModelSelector, signal: AbortSignal): Promise<ModelTarget>;
  /** Brings all files to `folder`, which does not exist yet; complete or not at all. @throws ModelProblem */
  download(target: ModelTarget, folder: string, signal: AbortSignal): Promise<readonly ModelFile[]>;
}
