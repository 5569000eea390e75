import { generateApiKey } from '@tidegate/api-keys';
import { completeSecrets, SECRET_NAMES, type SecretContents, type SecretName } from './secret-contents';
import type { SecretContent } from './secret-store';

const newKey = (): string => generateApiKey({ environment: 'dev' }).text;
let made = 0;
const generators = { token: () => `token-${(made += 1)}`.padEnd(64, '0'), apiKey: newKey };

function contentsWith(given: Partial<Record<SecretName, SecretContent>>): SecretContents {
  const empty = Object.fromEntries(SECRET_NAMES.map((name) => [name, {}])) as SecretContents;
  return { ...empty, ...given };
}

function complete(given: Partial<Record<SecretName, SecretContent>>): SecretContents {
  return completeSecrets(contentsWith(given), generators);
}

function serviceKeysOf({ api }: SecretContents): { name: string; key: string }[] {
  return JSON.parse(String(api['service_keys'])) as { name: string; key: string }[];
}

describe('completeSecrets', () => {
  it('fills everything with values of their own, and leaves what is complete as it is', () => {
    const filled = complete({});
    const values = SECRET_NAMES.flatMap((name) => Object.values(filled[name]));
    expect(values).toHaveLength(15);
    // The key of inference is there twice: alone, and in a list.
    expect(new Set(values).size).toBe(15);
    expect(filled.api).toMatchObject({ previous_pepper: '' });
    expect(complete(filled)).toEqual(filled);
  });

  it('adds only what has no value, and keeps fields it does not know', () => {
    const { mlflow, internal } = complete({
      mlflow: { admin_username: 'root', admin_password: '', comment: 'by hand' },
      internal: { token: 'a token that was there' },
    });
    expect(mlflow).toEqual({
      admin_username: 'root',
      admin_password: expect.stringMatching(/^token-/) as string,
      flask_secret_key: expect.stringMatching(/^token-/) as string,
      comment: 'by hand',
    });
    expect(internal).toEqual({ token: 'a token that was there' });
  });

  describe('makes inference and the api hold the same key', () => {
    const other = { name: 'training', key: newKey(), scopes: ['runs:write'] };
    const key = newKey();

    it('when neither holds one', () => {
      const filled = complete({});
      expect(serviceKeysOf(filled)).toMatchObject([{ key: filled.inference['mlflow_token'] }]);
    });

    it('when only inference does, beside keys of others', () => {
      const filled = complete({
        inference: { mlflow_token: key },
        api: { service_keys: JSON.stringify([other]) },
      });
      expect(serviceKeysOf(filled)).toEqual([
        other,
        { name: 'inference', key, scopes: ['models:read', 'artifacts:read'] },
      ]);
    });

    it('when only the api does, whose list stays as it was written', () => {
      const service_keys = ` [ {"name":"inference","key":"${key}","scopes":["models:read"]} ] `;
      const filled = complete({ api: { service_keys } });
      expect(filled.inference).toEqual({ mlflow_token: key });
      expect(filled.api['service_keys']).toBe(service_keys);
    });

    it('while a person replaces it, with the old and the new one in the list', () => {
      const list = [newKey(), key].map((each) => ({ name: 'inference', key: each, scopes: ['models:read'] }));
      const given = { api: { service_keys: JSON.stringify(list) }, inference: { mlflow_token: key } };
      expect(complete(given)).toMatchObject(given);
    });

    it('but does not choose between two that differ', () => {
      const service_keys = JSON.stringify([{ name: 'inference', key: newKey(), scopes: ['models:read'] }]);
      expect(() => complete({ api: { service_keys }, inference: { mlflow_token: key } })).toThrow(/differ/);
    });
  });

  it('lists by name, never by value, all that cannot work', () => {
    const failure = (): SecretContents =>
      complete({
        'database/api': { username: 'pg_hunter2', password: 'hunter2 ümlaut' },
        'database/logging': { username: 'mlflow' },
        api: { pepper: 'hunter2', previous_pepper: 'hunter2', bootstrap_key: 'hunter2' },
        internal: { token: 42 },
      });
    expect(failure).toThrow(
      /database\/api\.username: .*database\/api\.password: .*api\.pepper: .*api\.previous_pepper: .*api\.bootstrap_key: .*internal\.token: expected a text.*a role of its own/,
    );
    expect(failure).not.toThrow(/hunter2/);
  });

  it.each(['{', '{}', '[1]', '[{"name":"inference"}]'])('refuses %s as the list of keys', (service_keys) => {
    expect(() => complete({ api: { service_keys } })).toThrow(/^api\.service_keys: /);
  });
});
