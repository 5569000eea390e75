import type { InferenceConfig } from '../inference.config';
import type { ProtocolOfPath } from '../scoring/scoring-server';
import { MlflowProtocol } from './mlflow/mlflow-protocol';
import { isInferPath } from './open-inference/model-path';
import { OpenInferenceProtocol } from './open-inference/open-inference-protocol';
import { PredictProtocol } from './predict/predict-protocol';

/** Which protocol answers a path. */
export function protocolsByPath({ maxInstances }: Pick<InferenceConfig, 'maxInstances'>): ProtocolOfPath {
  const predict = new PredictProtocol(maxInstances);
  const mlflow = new MlflowProtocol();
  const openInference = new OpenInferenceProtocol();
  return (path) => {
    if (path === predict.route) return predict;
    if (path === mlflow.route) return mlflow;
    return isInferPath(path) ? openInference : undefined;
  };
}
