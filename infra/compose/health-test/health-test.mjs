/**
 * Asks every health endpoint of a running system, with nothing but Node. A state takes a moment to be seen, so each is
 * asked again until it is right or WAIT_SECONDS are over; meanwhile standard error says what is waited for. Stops nothing
 * itself: DOWN names what somebody stopped. Ends with 0 when all are right, 1 when one is not, 2 when it could not ask.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { answerProblem } from './answer-problem.mjs';
import { expectations } from './expectations.mjs';
import { readSettings } from './settings.mjs';

const AGAIN_MS = 500;
const PROGRESS_MS = 3_000;
const REQUEST_TIMEOUT_MS = 5_000;
const { addresses, down, waitSeconds, isJson, apiKey, problem } = readSettings();
if (problem === undefined) {
  const deadlineMs = Date.now() + waitSeconds * 1000;
  const waiting = new Map();
  const progress = setInterval(() => sayProgress(waiting, deadlineMs), PROGRESS_MS);
  const results = await Promise.all(
    expectations(down, { hasKey: apiKey !== '' }).map((expected) =>
      untilRight(expected, deadlineMs, waiting),
    ),
  );
  clearInterval(progress);
  const failed = results.filter(({ wrong }) => wrong !== undefined).length;
  for (const line of isJson ? [JSON.stringify(report(results), null, 2)] : lines(results, failed))
    console.log(line);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  console.error(problem);
  process.exitCode = 2;
}

async function untilRight(expected, deadlineMs, waiting) {
  const name = `${expected.service} ${expected.path}`;
  for (;;) {
    const wrong = await ask(expected);
    if (wrong === undefined) waiting.delete(name);
    else waiting.set(name, wrong);
    if (wrong === undefined || Date.now() >= deadlineMs) return { name, wrong };
    await wait(AGAIN_MS);
  }
}

async function ask({ service, path, needsKey = false, answers }) {
  try {
    const response = await fetch(addresses[service] + path, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      headers: needsKey && apiKey !== '' ? { authorization: `Bearer ${apiKey}` } : {},
    });
    return answerProblem({ status: response.status, text: await response.text() }, answers);
  } catch (error) {
    return `no answer (${error.cause?.code ?? error.name}): is the service started, and on this network?`;
  }
}

function sayProgress(waiting, deadlineMs) {
  const [first, ...others] = [...waiting];
  if (first === undefined) return;
  const [name, wrong] = first;
  const more = others.length === 0 ? '' : `; and for ${others.map(([other]) => other).join(', ')}`;
  const seconds = Math.max(0, Math.ceil((deadlineMs - Date.now()) / 1000));
  console.error(`Waiting for ${name}: ${wrong}${more}; at most ${seconds} s more.`);
}

function lines(results, failed) {
  return [
    ...results.map(({ name, wrong }) =>
      wrong === undefined ? `ok      ${name}` : `FAILED  ${name}: ${wrong}`,
    ),
    `${results.length - failed} passed, ${failed} failed`,
  ];
}

function report(results) {
  return {
    down: [...down],
    results: results.map(({ name, wrong }) => ({
      endpoint: name,
      result: wrong === undefined ? 'passed' : 'failed',
      wrong,
    })),
  };
}
