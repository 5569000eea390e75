import { appSettings, type AppSettingsInput } from './app-settings';
import { DEFAULT_PORTS } from './options';

const input: AppSettingsInput = {
  ports: DEFAULT_PORTS,
  secrets: {
    postgresPassword: 'postgres-password',
    mlflowDatabasePassword: 'mlflow-database-password',
    mlflowAuthDatabasePassword: 'mlflow-auth-database-password',
    apiDatabasePassword: 'api-database-password',
    loggingDatabasePassword: 'logging-database-password',
    mlflowPassword: 'mlflow-password',
    flaskSecretKey: 'flask-secret-key',
    apiKeyPepper: 'api-key-pepper',
    internalToken: 'internal-token',
    inferenceKey: 'tg_local_inference',
    userKey: 'tg_local_user',
    adminKey: 'tg_local_admin',
  },
  hasMlflowAuth: true,
  databaseUrls: {
    api: 'postgresql://api@127.0.0.1/api_db',
    logging: 'postgresql://logging@127.0.0.1/logging_db',
  },
  redisUrl: undefined,
  modelsDir: '/data/models',
  spoolDir: '/data/spool',
};

describe('settings of the apps', () => {
  it('bind 127.0.0.1 and share the internal token', () => {
    for (const settings of Object.values(appSettings(input))) {
      expect(settings).toMatchObject({ HOST: '127.0.0.1', INTERNAL_TOKEN: 'internal-token' });
    }
  });

  it('give inference a key that can read models through the api, and nothing else', () => {
    const { api, inference } = appSettings(input);
    expect(inference).toMatchObject({
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:8080/api/mlflow',
      MLFLOW_TRACKING_TOKEN: 'tg_local_inference',
    });
    expect(JSON.parse(api.API_SERVICE_KEYS ?? '')).toContainEqual({
      name: 'inference',
      key: 'tg_local_inference',
      scopes: ['models:read', 'artifacts:read'],
    });
  });

  it('give the person at the terminal every scope but the management of keys', () => {
    const keys = JSON.parse(appSettings(input).api.API_SERVICE_KEYS ?? '') as {
      name: string;
      scopes: string[];
    }[];
    const user = keys.find(({ name }) => name === 'local-user');
    expect(user?.scopes).toContain('predict');
    expect(user?.scopes).not.toContain('keys:admin');
  });

  it("keep MLflow's password from everyone but the api, and from it too when MLflow asks for none", () => {
    const { api, inference, logging } = appSettings(input);
    expect(api).toMatchObject({ MLFLOW_USERNAME: 'admin', MLFLOW_PASSWORD: 'mlflow-password' });
    expect(JSON.stringify([inference, logging])).not.toContain('mlflow-password');
    expect(appSettings({ ...input, hasMlflowAuth: false }).api).not.toHaveProperty('MLFLOW_PASSWORD');
  });

  it('let the prediction log acknowledge events while its database is away', () => {
    expect(appSettings(input).logging).toMatchObject({
      SPOOL_DIR: '/data/spool/logging',
      SPOOL_IS_DURABLE: 'true',
    });
  });

  it('name Redis only when it runs', () => {
    expect(appSettings(input).api).not.toHaveProperty('REDIS_URL');
    const withRedis = appSettings({ ...input, redisUrl: 'redis://127.0.0.1:6380' });
    expect(withRedis.api).toMatchObject({ REDIS_URL: 'redis://127.0.0.1:6380' });
  });
});
