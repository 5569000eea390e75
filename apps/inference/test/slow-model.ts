import { useTestMlflow } from '@tidegate/testing';
import { registerModels } from './execution-models';
import { type InferenceUnderTest, startInferenceUnderTest, untilReady } from './inference-under-test';

export interface SlowModelUnderTest {
  readonly mlflow: ReturnType<typeof useTestMlflow>;
  /** The model's name. */
  readonly name: string;
  readonly app: InferenceUnderTest;
}

/**
 * To be called in a `describe`: the app with the slow model in one worker, ready before its tests. The properties work
 * inside hooks and tests.
 */
export function useSlowModel(settings: Readonly<Record<string, string>>): SlowModelUnderTest {
  const mlflow = useTestMlflow();
  let name: string;
  let app: InferenceUnderTest;
  beforeAll(async () => {
    ({ slow: name } = await registerModels(mlflow, 'slow'));
    app = await startInferenceUnderTest(mlflow, { MODELS: `${name}@production;workers=1`, ...settings });
    await untilReady(app);
  }, 240_000);
  afterAll(() => app.remove());
  return {
    mlflow,
    get name() {
      return name;
    },
    get app() {
      return app;
    },
  };
}
