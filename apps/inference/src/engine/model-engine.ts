import type { Mlmodel } from '@tidegate/mlflow-client';
import type { Tensors, TensorSpec } from '../tensors/tensor';

/** A model's files on disk, complete, with its parsed MLmodel. */
export interface ModelFolder {
  readonly path: string;
  readonly mlmodel: Mlmodel;
}

/** Runs models of one MLflow flavour. */
export interface ModelEngine {
  /** As in the `flavors` of the MLmodel file. */
  readonly flavour: string;
  /** @throws ModelProblem `MODEL_INVALID` when the files are no model this engine can run. */
  load(folder: ModelFolder): Promise<LoadedEngine>;
}

export interface EngineMetadata {
  readonly inputs: readonly TensorSpec[];
  /** Only those that can be served. */
  readonly outputs: readonly TensorSpec[];
}

/** A model in memory. */
export interface LoadedEngine {
  readonly metadata: EngineMetadata;
  /** Rejects when the model fails on these tensors; they fit `metadata.inputs`. */
  run(inputs: Tensors): Promise<Tensors>;
  /** Frees its memory. Nothing may run then or afterwards. */
  dispose(): Promise<void>;
}
