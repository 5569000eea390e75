import { isUtf8 } from 'node:buffer';
import { ProblemError } from '@tidegate/schemas';
import { findJsonFault } from './json-keys';

export type JsonObject = Readonly<Record<string, unknown>>;

/** MLflow's messages are at most 10 deep; what callers nest in them (feedback, span attributes) needs some more. */
const MAX_DEPTH = 64;
const SHOWN_KEY_LENGTH = 60;
const BYTE_ORDER_MARK = 0xfe_ff;

/**
 * Reads a body the one way that every JSON parser agrees on: one object, UTF-8 without byte order mark, no key twice.
 * An empty body is an empty object, as it is for MLflow, which takes a body it cannot parse for an empty one, too,
 * decodes a JSON string a second time and guesses UTF-16.
 *
 * @throws ProblemError BODY_INVALID
 */
export function parseJsonBody(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw bodyInvalid('The body is not UTF-8');
  return parseJsonObject(body.toString('utf8'), 'The body');
}

/**
 * The same for text inside a body.
 *
 * @param what begins the sentence that says what is wrong
 * @throws ProblemError BODY_INVALID
 */
export function parseJsonObject(text: string, what: string): JsonObject {
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) throw bodyInvalid(`${what} begins with a byte order mark`);
  const value = parse(text, what);
  if (!isObject(value)) throw bodyInvalid(`${what} must be one JSON object`);
  const fault = findJsonFault(text, MAX_DEPTH);
  if (fault) throw bodyInvalid(`${what} ${describe(fault.duplicateKey)}`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bodyInvalid(`${what} is not valid JSON`, error);
  }
}

function describe(duplicateKey: string | undefined): string {
  if (duplicateKey === undefined) return `is nested more than ${MAX_DEPTH} levels deep`;
  return `has the key ${JSON.stringify(duplicateKey.slice(0, SHOWN_KEY_LENGTH))} twice`;
}

function bodyInvalid(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('BODY_INVALID', { detail, cause });
}
