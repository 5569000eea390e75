import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './config-error';
import { secret, setting } from './field';
import { loadConfig } from './load-config';
import { serviceFields } from './service-fields';
import { flag, httpUrl, json, list, postgresUrl, withDefault } from './value-schemas';

const fields = {
  ...serviceFields(8080),
  upstream: setting('UPSTREAM', httpUrl, 'Address of the upstream.'),
  database: secret('DATABASE_URL', postgresUrl, 'Where the data is.'),
  verbose: setting('VERBOSE', withDefault(flag, false), 'Says more.'),
};
const complete = { UPSTREAM: 'http://a:1/', DATABASE_URL: 'postgresql://u:p@h/db' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig('api', fields, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('gives typed values, defaults for what is unset or empty, and freezes them', () => {
    const config = loadConfig('api', fields, { ...complete, PORT: '', VERBOSE: '1' });
    expect(config).toMatchObject({ port: 8080, upstream: 'http://a:1', verbose: true, logLevel: 'info' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('keeps a zero that was asked for', () => {
    expect(loadConfig('api', fields, { ...complete, PORT: '0' }).port).toBe(0);
  });

  it('lists every problem at once with what was expected and what came', () => {
    expect(problemsOf({ PORT: '80a', UPSTREAM: 'ftp://x', VERBOSE: 'maybe' })).toEqual([
      'PORT: expected a whole number from 0 to 65535, got "80a"',
      expect.stringMatching(/^UPSTREAM: expected an http\(s\) address .*, got "ftp:\/\/x"$/),
      'DATABASE_URL: is required. Where the data is.',
      'VERBOSE: expected true or false, got "maybe"',
    ]);
  });

  it('refuses an upstream address that carries credentials', () => {
    expect(problemsOf({ ...complete, UPSTREAM: 'http://user:pw@a:1' })[0]).toContain('without credentials');
  });

  it('never shows the value of a secret', () => {
    const problems = problemsOf({
      ...complete,
      DATABASE_URL: 'mysql://root:hunter2@h/db',
      INTERNAL_TOKEN: 'short',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/hunter2|short/);
  });

  it('reads a secret from a file, and says so when the file is missing or both are set', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
    const file = join(folder, 'url');
    writeFileSync(file, 'postgresql://u:p@h/from-file\n');
    try {
      const { UPSTREAM } = complete;
      expect(loadConfig('api', fields, { UPSTREAM, DATABASE_URL_FILE: file }).database).toBe(
        'postgresql://u:p@h/from-file',
      );
      expect(problemsOf({ UPSTREAM, DATABASE_URL_FILE: `${file}-gone` })[0]).toContain('ENOENT');
      expect(problemsOf({ ...complete, DATABASE_URL_FILE: file })[0]).toContain('not both');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads JSON and lists, naming the place of a problem inside', () => {
    const structured = {
      rules: setting('RULES', json(z.object({ above: z.number() })), 'Rules.'),
      names: setting('NAMES', list, 'Names.'),
    };
    expect(loadConfig('x', structured, { RULES: '{"above":1}', NAMES: 'a, b,' })).toEqual({
      rules: { above: 1 },
      names: ['a', 'b'],
    });
    expect(() => loadConfig('x', structured, { RULES: '{"above":"1"}', NAMES: '' })).toThrow(
      /at above.*[\s\S]*NAMES: is required/,
    );
    expect(() => loadConfig('x', structured, { RULES: '{', NAMES: 'a' })).toThrow('expected JSON');
  });
});
