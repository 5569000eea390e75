import { requestSubject } from './mlflow-subject';

describe('what a request to MLflow is about', () => {
  it.each([
    [[['name', 'a']], ['a']],
    [
      [
        ['name', 'a'],
        ['newName', 'b'],
      ],
      ['a', 'b'],
    ],
    [
      [
        ['name', 'a'],
        ['name', 'b'],
      ],
      ['a', 'b'],
    ],
    [
      [
        ['name', 'a'],
        ['source', 'models:/b/3'],
      ],
      ['a', 'b'],
    ],
    [
      [
        ['name', 'a'],
        ['source', 'models:/b@production'],
      ],
      ['a', 'b'],
    ],
    [
      [
        ['name', 'a'],
        ['source', 'models:/m-0123'],
      ],
      ['a'],
    ],
    [[], []],
  ] as const)('%j names the models %j', (fields, models) => {
    expect(requestSubject(fields, true).models).toEqual(models);
  });

  it('names no models where a name is that of something else', () => {
    expect(requestSubject([['name', 'an experiment']], false).models).toBeUndefined();
  });

  it('tells ids for the audit line, never values', () => {
    expect(
      requestSubject(
        [
          ['name', 'digits'],
          ['version', '3'],
          ['key', 'owner'],
          ['value', 'a secret'],
        ],
        true,
      ).details,
    ).toEqual({ version: '3', key: 'owner' });
  });

  it('bounds what it tells', () => {
    expect(requestSubject([['key', 'k'.repeat(5_000)]], false).details?.['key']).toHaveLength(256);
  });
});
