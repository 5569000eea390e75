/** Why a model or its new version is not served, and how to mend it. The code is shown by `/models` and `/ready`. */
const REMEDIES = {
  REGISTRY_UNAVAILABLE:
    'Nothing to do here: it is tried again by itself. Check MLflow and MLFLOW_TRACKING_URI.',
  REGISTRY_REFUSED:
    'Check MLFLOW_TRACKING_TOKEN (or user name and password) and its right to read this model.',
  MODEL_VERSION_MISSING: 'Register the model and set the alias, or correct MODELS.',
  MODEL_VERSION_NOT_READY: 'Wait until its registration is finished, or register it again.',
  MODEL_DOWNLOAD_FAILED: 'Check the artifacts of this version in MLflow; register it again if they are lost.',
  MODEL_TOO_LARGE: 'Raise MODEL_MAX_BYTES, or register a smaller model.',
  MODEL_CACHE_FULL:
    'Make room on the disk of MODEL_CACHE_DIR (old and new version are there during a swap); it is tried again by itself.',
  MODEL_CACHE_UNUSABLE:
    'Let the process write to MODEL_CACHE_DIR, or set it to another folder; it is tried again by itself.',
  MODEL_FLAVOUR_UNSUPPORTED:
    'Export the model to ONNX (mlflow.onnx.log_model) and register that as a new version.',
  MODEL_INVALID: 'Register a version that works, or move the alias back to the last one that did.',
  MODEL_LOAD_FAILED:
    'It is tried again by itself. Check the space and rights of MODEL_CACHE_DIR, and the memory.',
} as const;

export type ModelProblemCode = keyof typeof REMEDIES;

/** An expected failure on the way from the registry to a served model. */
export class ModelProblem extends Error {
  readonly remedy: string;

  /** `remedy` replaces the one of the code when something more exact is known. */
  constructor(
    readonly code: ModelProblemCode,
    message: string,
    cause?: unknown,
    remedy?: string,
  ) {
    super(message, { cause });
    this.name = 'ModelProblem';
    this.remedy = remedy ?? REMEDIES[code];
  }
}
