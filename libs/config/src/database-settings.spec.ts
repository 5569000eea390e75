import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { databaseSettings } from './database-settings';
import { loadConfig } from './load-config';
import { serviceFields } from './service-fields';

const fields = { ...serviceFields(8080), database: databaseSettings('Where keys are kept.') };
const parts = {
  DATABASE_HOST: 'db.example',
  DATABASE_NAME: 'api_db',
  DATABASE_USER: 'api',
  DATABASE_PASSWORD: 'hunter2',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig('api', fields, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings of a database', () => {
  it('are a whole URL, or the parts of it', () => {
    const url = 'postgresql://u:p@h/db';
    expect(loadConfig('api', fields, { DATABASE_URL: url, DATABASE_HOST: '' }).database).toEqual({ url });
    expect(loadConfig('api', fields, parts).database).toEqual({
      host: 'db.example',
      port: 5432,
      database: 'api_db',
      user: 'api',
      password: 'hunter2',
    });
  });

  it('take the password from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
    try {
      const file = join(folder, 'password');
      writeFileSync(file, 'from-file\n');
      const environment = { ...parts, DATABASE_PASSWORD: '', DATABASE_PASSWORD_FILE: file };
      expect(loadConfig('api', fields, environment).database).toMatchObject({ password: 'from-file' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('say what is needed when neither form is there', () => {
    expect(problemsOf({})).toEqual([
      'DATABASE_URL: is required, or instead DATABASE_HOST, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD. ' +
        'Where keys are kept.',
    ]);
  });

  it('refuse a mixture of both forms, naming what is set, by a file too', () => {
    const [problem, ...others] = problemsOf({
      DATABASE_URL_FILE: '/run/url',
      DATABASE_HOST: 'h',
      DATABASE_PASSWORD: 'hunter2',
    });
    expect(problem).toMatch(
      /^DATABASE_URL_FILE: set either this or DATABASE_HOST, DATABASE_PASSWORD, not both/,
    );
    expect(others).toEqual([]);
  });

  it('list every problem of the parts with the others, and no password', () => {
    const problems = problemsOf({
      PORT: 'x',
      DATABASE_HOST: 'db.abc.eu-west-2.rds.amazonaws.com:5432',
      DATABASE_PORT: '70000',
      DATABASE_PASSWORD: 'hunter2',
      DATABASE_CA_FILE: '/nowhere/ca.pem',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^PORT: /),
      expect.stringMatching(/^DATABASE_HOST: expected a host name without port .* got "db\.abc.*:5432"$/),
      expect.stringMatching(/^DATABASE_PORT: /),
      'DATABASE_NAME: is required. Name of the database.',
      'DATABASE_USER: is required. Role that logs in.',
      expect.stringMatching(
        /^DATABASE_CA_FILE: cannot be read \(ENOENT\), expected .* got "\/nowhere\/ca\.pem"$/,
      ),
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each(['postgresql://db.example', 'user@db.example', 'db.example/api_db', '-db', 'a b', '[::1]'])(
    'refuse %s as a host',
    (host) => {
      expect(problemsOf({ ...parts, DATABASE_HOST: host })).toEqual([
        expect.stringMatching(/^DATABASE_HOST: expected a host name or IP address/),
      ]);
    },
  );

  it.each(['localhost', '10.0.0.5', '::1', 'db-1.abc.rds.amazonaws.com'])('take %s as a host', (host) => {
    expect(problemsOf({ ...parts, DATABASE_HOST: host })).toEqual([]);
  });

  it('refuse a file that holds no certificate', () => {
    const problems = problemsOf({ ...parts, DATABASE_CA_FILE: __filename });
    expect(problems).toEqual([expect.stringContaining('expected the path of a PEM file')]);
  });
});
