import { type MlflowClient, MlflowError, type ModelVersion } from '@tidegate/mlflow-client';
import { ModelProblem, type ModelProblemCode } from './model-problem';
import type { ModelRegistry, ModelTarget } from './model-registry';
import type { ModelSelector } from './model-selector';

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
      return { name: selector.name, version: found.version, location };
    } catch (error) {
      throw asProblem(error, 'REGISTRY_UNAVAILABLE');
    }
  }

  async download(target: ModelTarget, folder: string, signal: AbortSignal): Promise<void> {
    try {
      await this.client.downloadFolder(target.location, folder, { maxBytes: this.maxBytes, signal });
    } catch (error) {
      throw asProblem(error, 'MODEL_DOWNLOAD_FAILED');
    }
  }

  private find(selector: ModelSelector, signal: AbortSignal): Promise<ModelVersion | undefined> {
    const { name, alias, version } = selector;
    if (version !== undefined) return this.client.getModelVersion(name, version, signal);
    return this.client.getModelVersionByAlias(name, alias ?? '', signal);
  }
}

/** Anything but an {@link MlflowError} is passed on as it is: a bug, or the caller's own abort. */
function asProblem(error: unknown, otherwise: ModelProblemCode): unknown {
  if (!(error instanceof MlflowError)) return error;
  return new ModelProblem(codeOf(error, otherwise), error.message, error);
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
    default:
      return otherwise;
  }
}
