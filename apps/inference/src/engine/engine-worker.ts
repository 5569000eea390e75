import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@tidegate/clock';
import { ModelProblem } from '../models/model-problem';
import { type ModelProbe, probeModel } from '../models/warm-up';
import type { Tensors } from '../tensors/tensor';
import { engineFor } from './engine-for';
import { ENGINES } from './engines';
import type { LoadedEngine, ModelFolder } from './model-engine';
import type { FromWorker, ToWorker, WorkerFailure, WorkerSettings } from './worker-messages';
import { packTensors } from './worker-tensors';

/** The program of a worker thread: loads the model of a folder, warms it up, says so, and runs what it is sent. */
async function main(): Promise<void> {
  const { folder } = workerData as WorkerSettings;
  try {
    const startedMs = systemClock.monotonicMs();
    const engine = await engineFor(ENGINES, folder.mlmodel).load(folder);
    const loadMs = systemClock.monotonicMs() - startedMs;
    tell({
      kind: 'ready',
      opened: { metadata: engine.metadata, probe: await probed(engine, folder), loadMs },
    });
    serve(engine);
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) });
  }
}

async function probed(engine: LoadedEngine, folder: ModelFolder): Promise<ModelProbe> {
  try {
    return await probeModel(engine, folder, systemClock);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

function serve(engine: LoadedEngine): void {
  let last = Promise.resolve();
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'run') last = run(engine, message.inputs);
    else void last.then(() => end(engine));
  });
}

async function run(engine: LoadedEngine, inputs: Tensors): Promise<void> {
  try {
    const { tensors, transfer } = packTensors(await engine.run(inputs), true);
    parentPort?.postMessage({ kind: 'done', outputs: tensors } satisfies FromWorker, transfer);
  } catch (error) {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

/** Nothing keeps the thread alive then. */
async function end(engine: LoadedEngine): Promise<void> {
  try {
    await engine.dispose();
  } finally {
    parentPort?.close();
  }
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function failureOf(error: unknown): WorkerFailure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof ModelProblem ? error.code : 'MODEL_LOAD_FAILED', message };
}

void main();
