import { SERVICES } from './expectations.mjs';

const { API_URL, INFERENCE_URL, LOGGING_URL, MLFLOW_URL } = process.env;
const ADDRESSES = { api: API_URL, inference: INFERENCE_URL, logging: LOGGING_URL, mlflow: MLFLOW_URL };

/**
 * What the variables of this process say.
 *
 * @returns the settings, or a `problem` with them
 */
export function readSettings() {
  const { DOWN = '', WAIT_SECONDS = '60', FORMAT = 'text', TIDEGATE_API_KEY = '' } = process.env;
  const down = new Set(DOWN.split(',').filter((name) => name !== ''));
  const settings = {
    addresses: ADDRESSES,
    down,
    waitSeconds: Number(WAIT_SECONDS),
    isJson: FORMAT === 'json',
    apiKey: TIDEGATE_API_KEY,
  };
  return { ...settings, problem: problemOf(settings, WAIT_SECONDS) };
}

function problemOf({ down, waitSeconds }, writtenSeconds) {
  const unknown = [...down].filter((name) => !SERVICES.includes(name));
  if (unknown.length > 0)
    return `DOWN names ${unknown.join(', ')}: expected some of ${SERVICES.join(', ')}, separated by commas.`;
  if (!(waitSeconds >= 0)) return `WAIT_SECONDS is "${writtenSeconds}": expected seconds, such as 60.`;
  const [first, ...others] = Object.keys(ADDRESSES).filter(
    (name) => !down.has(name) && !URL.canParse(ADDRESSES[name] ?? ''),
  );
  if (first === undefined) return undefined;
  const names = [first, ...others].map((name) => `${name.toUpperCase()}_URL`).join(', ');
  return `${names}: expected an address such as http://${first}:8000. Set it, or name in DOWN what was stopped.`;
}
