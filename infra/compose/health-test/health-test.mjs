/**
 * Asks every health endpoint of a running system, with nothing but Node. A state takes a moment to be seen, so each is
 * asked again until it is right or WAIT_SECONDS are over. Ends with 0 when all are.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { expectations, SERVICES } from './expectations.mjs';

const AGAIN_MS = 500;
const REQUEST_TIMEOUT_MS = 5_000;
const { API_URL, INFERENCE_URL, LOGGING_URL, MLFLOW_URL } = process.env;
/** FORMAT: `text` or `json`. */
const { DOWN = '', WAIT_SECONDS = '60', FORMAT = 'text' } = process.env;
const ADDRESSES = { api: API_URL, inference: INFERENCE_URL, logging: LOGGING_URL, mlflow: MLFLOW_URL };

const down = new Set(DOWN.split(',').filter((name) => name !== ''));
const problem = settingsProblem();
if (problem === undefined) {
  const deadlineMs = Date.now() + Number(WAIT_SECONDS) * 1000;
  const results = await Promise.all(expectations(down).map((expected) => untilRight(expected, deadlineMs)));
  const failed = results.filter(({ wrong }) => wrong !== undefined).length;
  for (const line of FORMAT === 'json' ? [JSON.stringify(report(results), null, 2)] : lines(results, failed))
    console.log(line);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  console.error(problem);
  process.exitCode = 2;
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

function settingsProblem() {
  const unknown = [...down].filter((name) => !SERVICES.includes(name));
  if (unknown.length > 0) return `DOWN names ${unknown.join(', ')}: expected some of ${SERVICES.join(', ')}.`;
  const missing = Object.keys(ADDRESSES).filter((name) => !URL.canParse(ADDRESSES[name] ?? ''));
  if (missing.length === 0) return undefined;
  return `Set ${missing.map((name) => `${name.toUpperCase()}_URL`).join(', ')} to an address such as http://api:8080.`;
}

async function untilRight(expected, deadlineMs) {
  const name = `${expected.service} ${expected.path}`;
  for (;;) {
    const wrong = await ask(expected);
    if (wrong === undefined || Date.now() >= deadlineMs) return { name, wrong };
    await wait(AGAIN_MS);
  }
}

/** What is wrong with the answer; undefined when nothing is. */
async function ask({ service, path, statuses, body, text }) {
  try {
    const response = await fetch(ADDRESSES[service] + path, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!statuses.includes(response.status))
      return `answered ${response.status}, expected ${statuses.join(' or ')}: ${answer.slice(0, 300)}`;
    if (text !== undefined && !answer.includes(text))
      return `expected "${text}" in its answer, got ${answer.slice(0, 300)}`;
    return body === undefined ? undefined : differences(body, JSON.parse(answer)).join('; ') || undefined;
  } catch (error) {
    return `no answer (${error.cause?.code ?? error.name}): is the service started, and on this network?`;
  }
}

function differences(expected, actual, place = '') {
  return Object.entries(expected).flatMap(([field, value]) => {
    const here = `${place}${field}`;
    if (typeof value === 'object') return differences(value, actual?.[field] ?? {}, `${here}.`);
    return actual?.[field] === value
      ? []
      : [`${here} is ${JSON.stringify(actual?.[field])}, expected ${JSON.stringify(value)}`];
  });
}
