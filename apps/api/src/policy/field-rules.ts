import { ProblemError } from '@tidegate/schemas';
import { isObject, type JsonObject } from './json-body';
import type { QueryFields } from './query-fields';

/** What the text of one field must be. */
export interface TextRule {
  /** Ends the sentence "… must be". */
  readonly expected: string;
  accepts(text: string): boolean;
}

/** A message in a field, or a list of them. */
export interface MessageRule {
  readonly fields: FieldRules;
}

/** A map from keys the caller chooses. */
export interface KeysRule {
  readonly keys: TextRule;
}

/** Rules by field name in snake_case; a field without one is not looked at. */
export type FieldRules = ReadonlyMap<string, TextRule | MessageRule | KeysRule>;

/**
 * Checks every field of a message that has a rule. MLflow takes `run_id` and `runId` for the same field; both at once
 * are refused. A list is checked item by item.
 *
 * @throws ProblemError VALUE_REFUSED naming the field
 */
export function checkMessage(message: JsonObject, rules: FieldRules, parent = ''): void {
  for (const key of Object.keys(message)) {
    const name = snakeCase(key);
    if (name !== key && Object.hasOwn(message, name)) throw refused(parent + name, 'spelled one way only');
    const rule = rules.get(name);
    const value = message[key];
    if (rule === undefined || value === null) continue;
    if (Array.isArray(value)) for (const item of value as unknown[]) checkValue(parent, name, item, rule);
    else checkValue(parent, name, value, rule);
  }
}

/**
 * The same for a query, where every field is text.
 *
 * @throws ProblemError VALUE_REFUSED naming the field
 */
export function checkQuery(fields: QueryFields, rules: FieldRules): void {
  for (const [key, value] of fields) {
    const name = snakeCase(key);
    const rule = rules.get(name);
    if (rule) checkValue('', name, value, rule);
  }
}

/** As protobuf's JSON names are made from its field names, the other way round. */
export function snakeCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;
}

export function refused(field: string, expected: string): ProblemError {
  return new ProblemError('VALUE_REFUSED', { detail: `"${field}" must be ${expected}` });
}

function checkValue(
  parent: string,
  name: string,
  value: unknown,
  rule: TextRule | MessageRule | KeysRule,
): void {
  if ('expected' in rule) {
    if (typeof value !== 'string' || !rule.accepts(value)) throw refused(parent + name, rule.expected);
    return;
  }
  if (!isObject(value)) throw refused(parent + name, 'an object');
  if ('fields' in rule) {
    checkMessage(value, rule.fields, `${parent}${name}.`);
    return;
  }
  const other = Object.keys(value).find((key) => !rule.keys.accepts(key));
  if (other !== undefined) throw refused(`${parent}${name} key`, rule.keys.expected);
}
