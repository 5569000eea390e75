/** A file or folder directly below the listed folder. */
export interface ArtifactEntry {
  /** Base name as the store gave it: check it before it becomes part of a path on disk. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Missing for folders, and for files whose size the store does not tell (MLflow leaves out 0). */
  readonly sizeBytes?: number;
}

/**
 * Where the files of one artifact URI come from: MLflow's artifact proxy or an object store. Paths are relative to the
 * URI, with `/` between segments; `''` is the URI itself.
 */
export interface ArtifactSource {
  /** Empty when there is no such folder: MLflow does not tell the two apart. */
  list(folder: string, signal?: AbortSignal): Promise<readonly ArtifactEntry[]>;
  /** The file's bytes. Failures are {@link MlflowError}s, thrown while iterating. */
  open(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
