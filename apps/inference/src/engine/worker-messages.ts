import type { ModelProblemCode } from '../models/model-problem';
import type { ModelProbe } from '../models/warm-up';
import type { Tensors } from '../tensors/tensor';
import type { EngineMetadata, ModelFolder } from './model-engine';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly folder: ModelFolder;
}

/** A model that is loaded and warmed up in a worker thread. */
export interface OpenedModel {
  readonly metadata: EngineMetadata;
  readonly probe: ModelProbe;
  readonly loadMs: number;
}

export interface WorkerFailure {
  readonly code: ModelProblemCode;
  readonly message: string;
}

/** `run`: one batch; the next one comes after its answer. `end`: free the model and end, after what still runs. */
export type ToWorker = { readonly kind: 'run'; readonly inputs: Tensors } | { readonly kind: 'end' };

/** First `ready` or `failed`, then one answer a batch. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly opened: OpenedModel }
  | { readonly kind: 'failed'; readonly failure: WorkerFailure }
  | { readonly kind: 'done'; readonly outputs: Tensors }
  | { readonly kind: 'error'; readonly message: string };
