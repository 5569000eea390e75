import type { TestMlflow } from '@tidegate/testing';

/** One POST below `/api/2.0/mlflow`, with MLflow's own field names. */
export async function callRegistry(
  mlflow: TestMlflow,
  route: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const credentials = Buffer.from(`${mlflow.username}:${mlflow.password}`).toString('base64');
  const answer = await fetch(`${mlflow.url}/api/2.0/mlflow/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`MLflow refused ${route}: HTTP ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

export function moveToStage(
  mlflow: TestMlflow,
  name: string,
  version: string,
  stage: string,
): Promise<Readonly<Record<string, unknown>>> {
  return callRegistry(mlflow, 'model-versions/transition-stage', {
    name,
    version,
    stage,
    archive_existing_versions: false,
  });
}

/** A version whose files are somewhere else than in MLflow. */
export async function registerVersionAt(mlflow: TestMlflow, name: string, source: string): Promise<string> {
  const { model_version: made } = await callRegistry(mlflow, 'model-versions/create', { name, source });
  return (made as { version: string }).version;
}
