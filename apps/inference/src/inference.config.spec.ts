import { loadInferenceConfig } from './inference.config';

const required = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000/' };

describe('the configuration of inference', () => {
  it('follows the alias production unless a model says otherwise', () => {
    const { models } = loadInferenceConfig({ ...required, MODELS: 'digits, fraud@champion,churn/3' });

    expect(models.map(({ selector }) => selector.text)).toEqual([
      'digits@production',
      'fraud@champion',
      'churn/3',
    ]);
  });

  it('reports everything that is wrong at once', () => {
    const load = (): unknown =>
      loadInferenceConfig({
        MODELS: 'digits@production,digits;shadow=10',
        LOG_INPUTS: 'some',
        LOGGING_URL: 'logging:8001',
      });

    expect(load).toThrow(/has 5 problems/);
    expect(load).toThrow('MODELS: "digits;shadow=10": shadow: expected a share');
    expect(load).toThrow('MODELS: expected every model once, got digits@production more than once');
    expect(load).toThrow('MLFLOW_TRACKING_URI: is required');
    expect(load).toThrow('LOG_INPUTS: expected none, hash or full, got "some"');
  });
});
