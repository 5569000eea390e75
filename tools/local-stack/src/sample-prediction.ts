import { z } from 'zod';
import { localUrl, SAMPLE_MODEL } from './app-settings';
import { becomesTrue } from './becomes-true';
import { SAMPLE_DIGIT } from './sample-digit';
import { answersOk } from './service-health';
import type { StackContext } from './stack-context';
import { StackError } from './stack-error';

const MODEL_TIMEOUT_MS = 60_000;
const LOGGED_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;

const predictionAnswer = z.object({
  id: z.string(),
  predictions: z.array(z.object({ label: z.union([z.string(), z.number()]) })),
  model: z.object({ name: z.string(), version: z.string() }),
});
const loggedPredictions = z.object({
  predictions: z.array(z.object({ id: z.string(), defect: z.boolean() })),
});

/** Waits until inference has loaded the model from the registry. */
export async function awaitModel({ options, paths, stopSignal }: StackContext): Promise<void> {
  const isReady = (): Promise<boolean> => answersOk(`${localUrl(options.ports.inference)}/ready`);
  if (await becomesTrue(isReady, MODEL_TIMEOUT_MS, stopSignal)) return;
  throw new StackError(
    `inference did not load ${SAMPLE_MODEL.name}@${SAMPLE_MODEL.alias} within ${MODEL_TIMEOUT_MS / 1000} s. ` +
      `Its log says why: ${paths.logFile('inference')}`,
  );
}

/**
 * Predicts once through the api and finds the prediction in the log.
 *
 * @returns one line that shows both
 */
export async function predictOnce(context: StackContext): Promise<string> {
  const answer = predictionAnswer.parse(
    await call(context, '/api/inference/predict', { model: SAMPLE_MODEL.name, instances: [SAMPLE_DIGIT] }),
  );
  const logged = await findLogged(context, answer.id);
  const { name, version } = answer.model;
  const outcome = logged.defect ? 'counted as a defect' : 'not a defect';
  return `${name} version ${version} says ${answer.predictions[0]?.label}; logged as ${logged.id}, ${outcome}`;
}

async function findLogged(
  context: StackContext,
  predictionId: string,
): Promise<{ id: string; defect: boolean }> {
  let found: { id: string; defect: boolean } | undefined;
  const isLogged = async (): Promise<boolean> => {
    const answer = await call(context, `/api/logging/predictions?model=${SAMPLE_MODEL.name}&limit=20`);
    // inference calls events <prediction>-<row>.
    found = loggedPredictions.parse(answer).predictions.find(({ id }) => id === `${predictionId}-0`);
    return found !== undefined;
  };
  await becomesTrue(isLogged, LOGGED_TIMEOUT_MS, context.stopSignal);
  if (found !== undefined) return found;
  throw new StackError(
    `The prediction ${predictionId} was answered but not logged within ${LOGGED_TIMEOUT_MS / 1000} s. ` +
      `Look into ${context.paths.logFile('inference')} and ${context.paths.logFile('logging')}.`,
  );
}

/** A request to the api with the user's key; a refusal is a failure of the start. */
async function call(
  { options, secrets, paths }: StackContext,
  route: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${localUrl(options.ports.api)}${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${secrets.userKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as unknown;
  throw new StackError(
    `The api answered ${route} with ${response.status}, 200 was expected: ${text}\nIts log says more: ${paths.logFile('api')}`,
  );
}
