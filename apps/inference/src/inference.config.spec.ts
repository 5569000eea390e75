import { loadInferenceConfig } from './inference.config';

const required = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000/' };

describe('the configuration of inference', () => {
  it('follows the alias production unless a model says otherwise', () => {
    const { models } = loadInferenceConfig({ ...required, MODELS: 'digits, fraud@champion,churn/3' });

    expect(models).toEqual([
      { text: 'digits@production', name: 'digits', alias: 'production' },
      { text: 'fraud@champion', name: 'fraud', alias: 'champion' },
      { text: 'churn/3', name: 'churn', version: '3' },
    ]);
  });

  it('reports everything that is wrong at once', () => {
    const load = (): unknown =>
      loadInferenceConfig({
        MODELS: 'digits@production,digits',
        LOG_INPUTS: 'some',
        LOGGING_URL: 'logging:8001',
      });

    expect(load).toThrow(/has 4 problems/);
    expect(load).toThrow('MODELS: expected different models as name@alias or name/version');
    expect(load).toThrow('MLFLOW_TRACKING_URI: is required');
    expect(load).toThrow('LOG_INPUTS: expected none or full, got "some"');
  });

  it.each(['digits/latest', 'digits@', 'a b', 'digits@production/3', '', 'digits/0'])(
    'refuses MODELS "%s"',
    (models) => {
      expect(() => loadInferenceConfig({ ...required, MODELS: models })).toThrow('MODELS');
    },
  );
});
