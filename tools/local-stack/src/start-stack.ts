import { ensureWorkspacePython } from '@tidegate/local-parts';
import { startApps, writeSettings } from './apps';
import { buildApps } from './build-apps';
import { prepareDatabases, type Databases } from './databases';
import { inParallel } from './in-parallel';
import { hasSampleModel, startTracking, trainSampleModel } from './mlflow';
import { startRedisWhenFound } from './redis';
import { awaitModel, predictOnce } from './sample-prediction';
import type { StackContext } from './stack-context';

export interface StartedStack {
  readonly adminUrl: string;
  readonly redisUrl: string | undefined;
  /** The interpreter that has MLflow. */
  readonly python: string;
}

/** Starts everything that is to run; each part begins as soon as what it needs is there. */
export async function startStack(context: StackContext): Promise<StartedStack> {
  const { paths, progress, stopSignal } = context;
  const build = buildApps(context);
  const databases = progress.step('PostgreSQL answers', () => prepareDatabases(context));
  const python = progress.step('the Python environment is there', () =>
    ensureWorkspacePython(paths.workspaceRoot, (line) => progress.line(line)),
  );
  const redisUrl = python.then(({ venvDir }) => startRedisWhenFound(context, venvDir));
  const settings = inParallel([databases, redisUrl]).then((urls) => writeSettings(context, ...urls));

  await inParallel([
    inParallel([python, databases]).then((ready) => startMlflowWithModel(context, ...ready)),
    inParallel([settings, build]).then(([apps]) => startApps(context, ['api', 'logging'], apps)),
  ]);
  // Last, as it finds its model at once then; before, it would find no registry and wait for its next try.
  await startApps(context, ['inference'], await settings);
  stopSignal.throwIfAborted();
  await tryPrediction(context);
  return {
    adminUrl: (await databases).adminUrl,
    redisUrl: await redisUrl,
    python: (await python).python,
  };
}

async function startMlflowWithModel(
  context: StackContext,
  { venvDir, python }: { venvDir: string; python: string },
  databases: Databases,
): Promise<void> {
  const { options, progress, stopSignal } = context;
  stopSignal.throwIfAborted();
  await progress.step('MLflow answers', () => startTracking(context, venvDir, databases));
  stopSignal.throwIfAborted();
  if (!options.hasSampleModel || (await hasSampleModel(context))) return;
  await progress.step('the sample model is trained and registered', () => trainSampleModel(context, python));
}

/** One prediction all the way, when all of the way runs and there is a model to ask. */
async function tryPrediction(context: StackContext): Promise<void> {
  const { options, progress } = context;
  if (options.except.length > 0) {
    progress.line(`- No prediction tried, as ${options.except.join(' and ')} is left out`);
    return;
  }
  if (!(await hasSampleModel(context))) {
    progress.line('- No prediction tried, as the registry has no sample model');
    return;
  }
  await progress.step('inference has loaded the model', () => awaitModel(context));
  const shown = await progress.step('a prediction is made through the api and found in the log', () =>
    predictOnce(context),
  );
  progress.line(`  ${shown}`);
}
