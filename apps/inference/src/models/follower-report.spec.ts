import { Logger } from '@nestjs/common';
import type { InferenceMetrics } from '../status/inference-metrics';
import { FollowerReport } from './follower-report';
import { ModelProblem, type ModelProblemCode } from './model-problem';
import { type ModelSelector, parseModelSelector } from './model-selector';

describe('what is told of the registry', () => {
  const [digits, fraud] = ['digits@production', 'fraud@champion'].map(
    (text) => parseModelSelector(text) as ModelSelector,
  ) as [ModelSelector, ModelSelector];
  const accessible: number[] = [];
  const told: string[] = [];
  const metrics = { mlflowAccessible: { set: (value: number) => accessible.push(value) } };
  let report: FollowerReport;

  beforeEach(() => {
    report = new FollowerReport(metrics as unknown as InferenceMetrics);
    accessible.length = 0;
    told.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(({ cause }) => void told.push(String(cause)));
    jest.spyOn(Logger.prototype, 'log').mockImplementation((text) => void told.push(String(text)));
  });
  afterEach(() => jest.restoreAllMocks());

  const problem = (code: ModelProblemCode, message: string) => new ModelProblem(code, message);

  it('a model without a version is told once, however often another one is well', () => {
    const missing = () => problem('MODEL_VERSION_MISSING', 'there is no fraud@champion');
    for (let poll = 0; poll < 3; poll += 1) {
      report.onRegistryAnswer(digits, undefined);
      report.onRegistryAnswer(fraud, missing());
    }
    expect(told).toEqual(['MLflow is accessible', 'there is no fraud@champion']);
    report.onRegistryAnswer(fraud, undefined);
    report.onRegistryAnswer(fraud, missing());
    expect(told).toHaveLength(3);
  });

  it('a model that is refused does not make MLflow inaccessible for the others', () => {
    report.onRegistryAnswer(digits, undefined);
    for (let poll = 0; poll < 3; poll += 1) {
      report.onRegistryAnswer(fraud, problem('REGISTRY_REFUSED', 'MLflow refuses to tell of fraud (403)'));
      report.onRegistryAnswer(digits, undefined);
    }
    expect(new Set(accessible)).toEqual(new Set([1]));
    expect(report.isRegistryAccessible).toBe(true);
    expect(told).toEqual(['MLflow is accessible', 'MLflow refuses to tell of fraud (403)']);
  });

  it('MLflow that answers nobody is told once for all models, and once when it is back', () => {
    const away = () => problem('REGISTRY_UNAVAILABLE', 'MLflow does not answer');
    for (const selector of [digits, fraud, digits, fraud]) report.onRegistryAnswer(selector, away());
    expect([report.isRegistryAccessible, told]).toEqual([false, ['MLflow does not answer']]);
    for (const selector of [digits, fraud]) report.onRegistryAnswer(selector, undefined);
    expect(told).toEqual(['MLflow does not answer', 'MLflow is accessible']);
    expect(accessible.at(-1)).toBe(1);
  });
});
