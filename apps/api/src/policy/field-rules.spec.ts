import {
  checkMessage,
  checkQuery,
  snakeCase,
  type FieldRules,
  type KeysRule,
  type MessageRule,
  type TextRule,
} from './field-rules';
import type { JsonObject } from './json-body';

const id = { expected: 'an id', accepts: (text: string): boolean => /^\w+$/.test(text) };
const rules: FieldRules = new Map<string, TextRule | MessageRule | KeysRule>([
  ['run_id', id],
  ['run_ids', id],
  ['metrics', { fields: new Map([['model_id', id]]) }],
  ['tags', { keys: id }],
]);

const problem = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('checkMessage', () => {
  it.each([
    [{}],
    [{ run_id: 'a' }],
    [{ runId: 'a', run_ids: ['a', 'b'] }],
    [{ run_id: null, metrics: [{ model_id: 'm', key: '../..' }] }],
    [{ tags: { userId: '1', user_id: '../2' } }],
    [{ other: { run_id: '../..' } }],
  ])('accepts %j', (message) => {
    expect(() => checkMessage(message, rules)).not.toThrow();
  });

  it.each([
    [{ run_id: '../a' }, '"run_id" must be an id'],
    [{ runId: '../a' }, '"run_id" must be an id'],
    [{ run_id: 'a', runId: 'a' }, '"run_id" must be spelled one way only'],
    [{ other_field: 1, otherField: 2 }, '"other_field" must be spelled one way only'],
    [{ run_id: 1 }, '"run_id" must be an id'],
    [{ run_id: { a: 1 } }, '"run_id" must be an id'],
    [{ run_ids: ['a', '../b'] }, '"run_ids" must be an id'],
    [{ run_ids: [['a']] }, '"run_ids" must be an id'],
    [{ metrics: { modelId: '..' } }, '"metrics.model_id" must be an id'],
    [{ metrics: [{}, { model_id: '..' }] }, '"metrics.model_id" must be an id'],
    [{ metrics: 'text' }, '"metrics" must be an object'],
    [{ tags: { 'a/b': '1' } }, '"tags key" must be an id'],
  ])('refuses %j', (message, detail) => {
    expect(() => checkMessage(message, rules)).toThrow(detail);
    expect(() => checkMessage(message, rules)).toThrow(problem('VALUE_REFUSED'));
  });

  it('is not confused by names every object has', () => {
    expect(() =>
      checkMessage(JSON.parse('{"__proto__":{"run_id":".."},"constructor":1}') as JsonObject, rules),
    ).not.toThrow();
  });
});

describe('checkQuery', () => {
  it('looks at every value of a repeated field', () => {
    expect(() => checkQuery([['run_id', 'a']], rules)).not.toThrow();
    expect(() =>
      checkQuery(
        [
          ['run_id', 'a'],
          ['run_id', '../b'],
        ],
        rules,
      ),
    ).toThrow('"run_id" must be an id');
  });
});

describe('snakeCase', () => {
  it.each([
    ['runId', 'run_id'],
    ['run_id', 'run_id'],
    ['filterString1', 'filter_string1'],
    ['experimentIDs', 'experiment_i_ds'],
  ])('makes %s %s', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});
