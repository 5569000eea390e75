import path from 'node:path';
import { SAMPLE_MODEL } from './app-settings';
import { SAMPLE_DIGIT } from './sample-digit';

export interface TryNextInput {
  readonly apiUrl: string;
  readonly apiKey: string;
  /** The interpreter that has MLflow, as seen from where the commands are pasted. */
  readonly python: string;
}

export interface TryNextCommand {
  readonly title: string;
  /** Works when it is pasted into a POSIX shell in the workspace's root folder. */
  readonly command: string;
}

/** Three things to do with a running stack. */
export function tryNextCommands({ apiUrl, apiKey, python }: TryNextInput): TryNextCommand[] {
  const authorization = `-H 'Authorization: Bearer ${apiKey}'`;
  const body = JSON.stringify({ model: SAMPLE_MODEL.name, instances: [SAMPLE_DIGIT] });
  return [
    {
      title: 'Predict a handwritten digit',
      command: [
        `curl -sS ${apiUrl}/api/inference/predict ${authorization} \\`,
        `  -H 'Content-Type: application/json' -d '${body}'`,
      ].join('\n'),
    },
    {
      title: 'Track a run and register a model with the stock MLflow client',
      command: [
        `MLFLOW_TRACKING_URI=${apiUrl}/api/mlflow MLFLOW_TRACKING_TOKEN=${apiKey} ${python} - <<'END'`,
        ...PYTHON_CLIENT,
        'END',
      ].join('\n'),
    },
    {
      title: 'Read the defect rate',
      command: `curl -sS '${apiUrl}/api/logging/stats?model=${SAMPLE_MODEL.name}' ${authorization}`,
    },
  ];
}

/** The virtual environment's interpreter relative to the workspace: short, and without a blank in it. */
export function pythonFrom(workspaceRoot: string, python: string): string {
  return path.relative(workspaceRoot, python);
}

const PYTHON_CLIENT = [
  'import mlflow',
  'from sklearn.dummy import DummyClassifier',
  '',
  'with mlflow.start_run() as run:',
  '    mlflow.log_metric("accuracy", 0.97)',
  '    mlflow.log_text("Hello from Tidegate", "hello.txt")',
  '    model = DummyClassifier().fit([[0], [1]], [0, 1])',
  '    mlflow.sklearn.log_model(model, name="model", registered_model_name="hello", pip_requirements=["scikit-learn"])',
  'print("run", run.info.run_id, "registered as hello")',
];
