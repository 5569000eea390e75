import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseApiKey } from '@tidegate/api-keys';
import { ensureSecrets } from './secrets';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'localstack-secrets-'));
  file = path.join(folder, 'data', 'secrets.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (name: string): number => statSync(name).mode & 0o777;

describe('secrets of a data folder', () => {
  it('are made once, all different, readable by the owner only', () => {
    const made = ensureSecrets(file);
    expect(modeOf(file)).toBe(0o600);
    expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
    expect(ensureSecrets(file)).toEqual(made);
  });

  it('hold keys of the real format', () => {
    const { inferenceKey, userKey, adminKey } = ensureSecrets(file);
    for (const key of [inferenceKey, userKey, adminKey])
      expect(parseApiKey(key)).toMatchObject({ environment: 'local' });
  });

  it('of a folder that was made before there was a key for managing keys are taken as they are', () => {
    const made = Object.entries(ensureSecrets(file));
    const before = Object.fromEntries(made.filter(([name]) => name !== 'adminKey'));
    writeFileSync(file, JSON.stringify(before));
    const { adminKey, ...rest } = ensureSecrets(file);
    expect(rest).toEqual(before);
    expect(parseApiKey(adminKey)).toMatchObject({ environment: 'local' });
  });

  it('are closed again when somebody opened the file to others', () => {
    ensureSecrets(file);
    chmodSync(file, 0o644);
    ensureSecrets(file);
    expect(modeOf(file)).toBe(0o600);
  });

  it.each([
    ['no JSON', '{"postgresPassword":'],
    ['a secret missing', '{"postgresPassword":"x"}'],
  ])('are not made anew over a damaged file (%s), which would lock out the data', (_scenario, text) => {
    ensureSecrets(file);
    writeFileSync(file, text);
    expect(() => ensureSecrets(file)).toThrow(/damaged.*npm run reset/s);
  });
});
