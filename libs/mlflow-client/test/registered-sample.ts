import { request } from 'undici';

/** Where a real MLflow server is and who may write to it. */
export interface MlflowAccess {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface SampleModel {
  readonly name: string;
  readonly runId: string;
  /** Of versions that belong to a run, as MLflow 2.x registers them. */
  readonly runArtifactUri: string;
  /** The version whose source is `models:/m-…`, as MLflow 3.x registers them. */
  readonly loggedModelVersion: string;
}

/** Path below the model's folder → content. */
export type SampleFiles = Readonly<Record<string, Uint8Array>>;

type Json = Record<string, unknown>;

/** Registers `versionCount` versions of one run's folder and then one of a logged model, all with `files`. */
export async function registerSampleModel(
  access: MlflowAccess,
  name: string,
  files: SampleFiles,
  versionCount: number,
): Promise<SampleModel> {
  const created = await post(access, 'experiments/create', { name: `for ${name}` });
  const experimentId = created.experiment_id;
  const { run } = (await post(access, 'runs/create', { experiment_id: experimentId })) as {
    run: { info: { run_id: string; artifact_uri: string } };
  };
  const runArtifactUri = `${run.info.artifact_uri}/model`;
  await upload(access, runArtifactUri, files);
  await post(access, 'registered-models/create', { name });
  for (let version = 1; version <= versionCount; version++) {
    await post(access, 'model-versions/create', { name, source: runArtifactUri, run_id: run.info.run_id });
  }

  const { model } = (await post(access, 'logged-models', { experiment_id: experimentId, name: 'model' })) as {
    model: { info: { model_id: string; artifact_uri: string } };
  };
  await upload(access, model.info.artifact_uri, files);
  const { model_version: registered } = (await post(access, 'model-versions/create', {
    name,
    source: `models:/${model.info.model_id}`,
    model_id: model.info.model_id,
  })) as { model_version: { version: string } };
  return { name, runId: run.info.run_id, runArtifactUri, loggedModelVersion: registered.version };
}

/** One POST below `/api/2.0/mlflow`, with MLflow's own field names. */
export async function post(access: MlflowAccess, path: string, body: Json): Promise<Json> {
  const response = await send(access, 'POST', `/api/2.0/mlflow/${path}`, JSON.stringify(body));
  return JSON.parse(response) as Json;
}

async function upload(access: MlflowAccess, artifactUri: string, files: SampleFiles): Promise<void> {
  const folder = artifactUri.replace(/^mlflow-artifacts:\/+/, '');
  for (const [path, content] of Object.entries(files)) {
    const encoded = `${folder}/${path}`.split('/').map(encodeURIComponent).join('/');
    await send(access, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${encoded}`, Buffer.from(content));
  }
}

async function send(
  { url, username, password }: MlflowAccess,
  method: 'POST' | 'PUT',
  path: string,
  body: string | Buffer,
): Promise<string> {
  const response = await request(`${url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
    },
    body,
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: HTTP ${response.statusCode} ${text}`);
  return text;
}
