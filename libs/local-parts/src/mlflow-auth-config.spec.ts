import { basicAuthConfig, sqlAlchemyUri } from './mlflow-auth-config';

describe('basicAuthConfig', () => {
  it('grants nothing by default and keeps percent signs of a password from configparser', () => {
    const lines = basicAuthConfig('postgresql+psycopg2://u:p%40ss@127.0.0.1:5432/auth').split('\n');
    expect(lines).toContain('default_permission = NO_PERMISSIONS');
    expect(lines).toContain('database_uri = postgresql+psycopg2://u:p%%40ss@127.0.0.1:5432/auth');
  });
});

describe('sqlAlchemyUri', () => {
  it.each([
    ['postgresql://u@h/d', 'postgresql+psycopg2://u@h/d'],
    ['postgres://u@h/d', 'postgresql+psycopg2://u@h/d'],
    ['postgresql+psycopg2://u@h/d', 'postgresql+psycopg2://u@h/d'],
    ['sqlite:///mlflow.db', 'sqlite:///mlflow.db'],
  ])('names the driver of %s', (uri, expected) => {
    expect(sqlAlchemyUri(uri)).toBe(expected);
  });
});
