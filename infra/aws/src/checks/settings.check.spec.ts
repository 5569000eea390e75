import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { SERVICES } from '../services';
import { api } from '../services/api';
import type { ServiceContext } from '../services/service-definition';
import { settingProblems } from './settings.check';

it.each(ENVIRONMENT_NAMES)('finds nothing in the services of %s', (name) => {
  expect(settingProblems(loadEnvironment(name), SERVICES)).toEqual([]);
});

it.each<[string, (context: ServiceContext) => Record<string, string>, string]>([
  [
    'a host that carries its port',
    ({ databaseHost, databasePort }) => ({ DATABASE_HOST: `${databaseHost}:${databasePort}` }),
    'api: DATABASE_HOST is database.abcdefghijkl.rds.amazonaws.com:5432',
  ],
  [
    'a whole address for a host',
    ({ databaseHost }) => ({ MLFLOW_DB_HOST: `postgresql://${databaseHost}` }),
    'api: MLFLOW_DB_HOST is postgresql://',
  ],
  [
    'an address for a port',
    ({ databaseHost, databasePort }) => ({ DATABASE_PORT: `${databaseHost}:${databasePort}` }),
    'api: DATABASE_PORT is database.',
  ],
  [
    'a port twice in an address',
    ({ databaseHost }) => ({ DATABASE_URL: `postgresql://${databaseHost}:5432:5432/api_db` }),
    'api: DATABASE_URL is postgresql://database.abcdefghijkl.rds.amazonaws.com:5432:5432/api_db',
  ],
])('finds %s', (_, settings, what) => {
  const [problem, ...others] = settingProblems(loadEnvironment('dev'), [{ ...api, settings }]);
  expect(others).toEqual([]);
  expect(problem?.what).toContain(what);
  expect(problem?.remedy).not.toBe('');
});
