import { type MlflowClient, MlflowError, type ModelVersion } from '@tidegate/mlflow-client';
import { ModelProblem, type ModelProblemCode } from './model-problem';
import type { ModelFile, ModelRegistry, ModelTarget } from './model-registry';
import type { ModelSelector } from './model-selector';

/** Tags of a version that say which hash a file must have: `sha256/model.onnx`. */
const HASH_TAG = /^sha256\/(?<path>.+)$/;

/** The MLflow model registry, directly or through the gateway. */
export class MlflowModelRegistry implements ModelRegistry {
  constructor(
    private readonly client: MlflowClient,
    private readonly maxBytes: number,
  ) {}

  async resolve(selector: ModelSelector, signal: AbortSignal): Promise<ModelTarget> {
    try {
      const found = await this.find(selector, signal);
      if (found === undefined) {
        throw new ModelProblem('MODEL_VERSION_MISSING', `MLflow has no model version ${selector.text}.`);
      }
      if (found.status !== 'READY') {
        const said = found.statusMessage === undefined ? '' : ` (${found.statusMessage})`;
        throw new ModelProblem(
          'MODEL_VERSION_NOT_READY',
          `Version ${found.version} of ${selector.name} is ${found.status}${said}; expected READY.`,
        );
      }
      const location = await this.client.getDownloadUri(selector.name, found.version, signal);
      const expectedHashes = hashesIn(found.tags);
      return { name: selector.name, version: found.version, location, expectedHashes };
    } catch (error) {
      throw asProblem(error, 'REGISTRY_UNAVAILABLE');
    }
  }

  async download(target: ModelTarget, folder: string, signal: AbortSignal): Promise<readonly ModelFile[]> {
    try {
      const limits = { maxBytes: this.maxBytes, signal };
      return (await this.client.downloadFolder(target.location, folder, limits)).files;
    } catch (error) {
      throw asProblem(error, 'MODEL_DOWNLOAD_FAILED');
    }
  }

  private find(selector: ModelSelector, signal: AbortSignal): Promise<ModelVersion | undefined> {
    const { name, alias, version, stage } = selector;
    if (alias !== undefined) return this.client.getModelVersionByAlias(name, alias, signal);
    if (version !== undefined) return this.client.getModelVersion(name, version, signal);
    if (stage !== undefined) return this.client.getLatestVersionInStage(name, stage, signal);
    return this.client.getLatestVersion(name, signal);
  }
}

function hashesIn(tags: Readonly<Record<string, string>>): Record<string, string> {
  const hashes = Object.entries(tags).flatMap(([key, value]) => {
    const path = HASH_TAG.exec(key)?.groups?.path;
    return path === undefined ? [] : [[path, value.trim().toLowerCase()] as const];
  });
  return Object.fromEntries(hashes);
}

/** Anything but an {@link MlflowError} is passed on as it is: a bug, the disk, or the caller's own abort. */
function asProblem(error: unknown, otherwise: ModelProblemCode): unknown {
  if (!(error instanceof MlflowError)) return error;
  const code = codeOf(error, otherwise);
  // A download fails in more ways than one remedy could mend.
  const remedy = code === 'MODEL_DOWNLOAD_FAILED' ? error.remedy : undefined;
  return new ModelProblem(code, error.problem, error, remedy);
}

function codeOf(error: MlflowError, otherwise: ModelProblemCode): ModelProblemCode {
  switch (error.code) {
    case 'MLFLOW_UNREACHABLE':
      return 'REGISTRY_UNAVAILABLE';
    case 'MLFLOW_UNAUTHORIZED':
    case 'MLFLOW_FORBIDDEN':
      return 'REGISTRY_REFUSED';
    case 'MLFLOW_DOWNLOAD_TOO_LARGE':
      return 'MODEL_TOO_LARGE';
    case 'MLFLOW_DOWNLOAD_CORRUPT':
      return 'MODEL_DOWNLOAD_FAILED';
    default:
      return otherwise;
  }
}
