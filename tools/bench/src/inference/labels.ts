/** Rows of the tables; the goals are about some of them. */
export const LABELS = {
  inference: 'inference',
  mlflow: 'MLflow',
  mlserver: 'MLServer',
  mlserverBatching: 'MLServer, batching',
  bentoml: 'BentoML',
  litserve: 'LitServe',
  fastapi: 'FastAPI',
  fastapiTwo: 'FastAPI, 2 workers',
  bareOnnx: 'bare node:http + onnxruntime',
  echo: 'bare JSON echo',
  openInferenceJson: 'inference, Open Inference JSON',
  openInferenceBinary: 'inference, Open Inference binary',
  logging: 'inference, every instance logged',
} as const;

/** What people would use instead. */
export const PRODUCTS: readonly string[] = [
  LABELS.mlflow,
  LABELS.mlserver,
  LABELS.mlserverBatching,
  LABELS.bentoml,
  LABELS.litserve,
];
