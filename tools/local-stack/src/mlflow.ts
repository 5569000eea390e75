import { startMlflow } from '@tidegate/local-parts';
import { localUrl, MLFLOW_ADMIN, SAMPLE_MODEL } from './app-settings';
import type { Databases } from './databases';
import type { StackContext } from './stack-context';

const REQUEST_TIMEOUT_MS = 10_000;

export async function startTracking(
  context: StackContext,
  venvDir: string,
  { urls }: Databases,
): Promise<void> {
  const { options, paths, secrets, supervisor } = context;
  const mlflow = await startMlflow({
    venvDir,
    port: options.ports.mlflow,
    backendUri: urls.mlflow,
    authDatabaseUri: urls.mlflowAuth,
    artifactsDir: paths.artifactsDir,
    workDir: paths.mlflowDir,
    logFile: paths.logFile('mlflow'),
    adminUsername: MLFLOW_ADMIN,
    adminPassword: secrets.mlflowPassword,
    flaskSecretKey: secrets.flaskSecretKey,
    auth: options.hasMlflowAuth,
  });
  supervisor.watch('mlflow', mlflow.process);
}

/** Whether the registry has the sample model under its alias. MLflow answers 400 or 404 when it has not. */
export async function hasSampleModel({ options, secrets }: StackContext): Promise<boolean> {
  const credentials = Buffer.from(`${MLFLOW_ADMIN}:${secrets.mlflowPassword}`).toString('base64');
  const query = new URLSearchParams(SAMPLE_MODEL);
  const url = `${localUrl(options.ports.mlflow)}/api/2.0/mlflow/registered-models/alias?${query.toString()}`;
  const response = await fetch(url, {
    headers: options.hasMlflowAuth ? { authorization: `Basic ${credentials}` } : {},
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.ok;
}

/** Trains the sample model and registers it, as the administrator and not through the api, which may be left out. */
export async function trainSampleModel(context: StackContext, python: string): Promise<void> {
  const { options, host, paths, secrets, supervisor } = context;
  const credentials = {
    MLFLOW_TRACKING_USERNAME: MLFLOW_ADMIN,
    MLFLOW_TRACKING_PASSWORD: secrets.mlflowPassword,
  };
  await supervisor.runTask({
    name: 'Training the sample model',
    command: python,
    args: [
      'tools/local-stack/sample-model/train.py',
      ...['--model-name', SAMPLE_MODEL.name, '--alias', SAMPLE_MODEL.alias],
    ],
    env: {
      ...host.childEnvironment,
      MLFLOW_TRACKING_URI: localUrl(options.ports.mlflow),
      ...(options.hasMlflowAuth ? credentials : {}),
    },
    cwd: paths.workspaceRoot,
    logFile: paths.logFile('sample-model'),
  });
}
