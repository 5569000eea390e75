/**
 * What is wrong with an answer; undefined when nothing is.
 *
 * @param {{ status: number, text: string }} answer
 * @param {{ status: number, body?: object, text?: string }[]} expected the answers that are right
 */
export function answerProblem({ status, text }, expected) {
  const right = expected.find((candidate) => candidate.status === status);
  if (right === undefined) {
    const statuses = expected.map((candidate) => candidate.status).join(' or ');
    return `answered ${status}, expected ${statuses}: ${text.slice(0, 300)}`;
  }
  if (right.text !== undefined && !text.includes(right.text))
    return `expected "${right.text}" in its answer, got ${text.slice(0, 300)}`;
  if (right.body === undefined) return undefined;
  const body = jsonOf(text);
  if (body === undefined) return `expected JSON, got ${text.slice(0, 300)}`;
  return differences(right.body, body).join('; ') || undefined;
}

/** A list stands for one of its values, `Number` and `String` for any number and any text that is not empty. */
function differences(expected, actual, place = '') {
  return Object.entries(expected).flatMap(([field, value]) => {
    const here = `${place}${field}`;
    const found = actual?.[field];
    if (typeof value === 'object' && !Array.isArray(value)) return differences(value, found, `${here}.`);
    return isRight(value, found) ? [] : [`${here} is ${JSON.stringify(found)}, expected ${inWords(value)}`];
  });
}

function isRight(expected, actual) {
  if (Array.isArray(expected)) return expected.includes(actual);
  if (expected === Number) return typeof actual === 'number';
  if (expected === String) return typeof actual === 'string' && actual !== '';
  return actual === expected;
}

function inWords(expected) {
  if (expected === Number) return 'a number';
  if (expected === String) return 'a text';
  return [expected]
    .flat()
    .map((value) => JSON.stringify(value))
    .join(' or ');
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
