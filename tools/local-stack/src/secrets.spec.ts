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
    const { inferenceKey, userKey } = ensureSecrets(file);
    expect(parseApiKey(inferenceKey)).toMatchObject({ environment: 'local' });
    expect(parseApiKey(userKey)).toMatchObject({ environment: 'local' });
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
