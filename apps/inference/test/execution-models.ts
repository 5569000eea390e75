import path from 'node:path';
import { runPython, type TestMlflow, trackingEnvironment } from '@tidegate/testing';
import { type Answer, predict, type InferenceUnderTest, uniqueModelName } from './inference-under-test';

/** The models of `execution_models.py`. */
export type ExecutionModel = 'slow' | 'counting' | 'centred' | 'total' | 'one_row' | 'words' | 'lookup';

/** Registers them under names of their own, with the alias `production`. */
export async function registerModels<Kind extends ExecutionModel>(
  mlflow: TestMlflow,
  ...kinds: readonly Kind[]
): Promise<Record<Kind, string>> {
  const names = kinds.map((kind) => [kind, uniqueModelName(kind.replace('_', '-'))] as const);
  await run(mlflow, 'register', ...names.map((pair) => pair.join('=')));
  return Object.fromEntries(names) as Record<Kind, string>;
}

/** Makes the model as the next version of `name`, be it the first, and moves the alias to it. */
export async function registerNextVersion(
  mlflow: TestMlflow,
  kind: ExecutionModel,
  name: string,
): Promise<void> {
  await run(mlflow, 'register', `${kind}=${name}`);
}

/** What onnxruntime in Python answers for these instances together. */
export function pythonAnswers<T>(
  mlflow: TestMlflow,
  name: string,
  instances: readonly unknown[],
): Promise<T> {
  return run<T>(mlflow, 'answers', name, JSON.stringify(instances));
}

export function ask(
  app: InferenceUnderTest,
  model: string,
  ...instances: readonly unknown[]
): Promise<Answer> {
  return predict(app, { model, instances });
}

/** The sum of all series of a metric. */
export async function metricOf(app: InferenceUnderTest, name: string, model: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`"${model}"`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function run<T>(mlflow: TestMlflow, ...args: readonly string[]): Promise<T> {
  const script = path.join(__dirname, 'execution_models.py');
  return JSON.parse(await runPython(script, args, trackingEnvironment(mlflow))) as T;
}
