import type { Mlmodel } from '@tidegate/mlflow-client';
import { ModelProblem } from '../models/model-problem';
import type { ModelEngine } from './model-engine';

/** The engine for one of the model's flavours. @throws ModelProblem `MODEL_FLAVOUR_UNSUPPORTED` */
export function engineFor(engines: readonly ModelEngine[], { flavors }: Mlmodel): ModelEngine {
  const engine = engines.find(({ flavour }) => flavors[flavour] !== undefined);
  if (engine !== undefined) return engine;
  const has = Object.keys(flavors).join(', ');
  const served = engines.map(({ flavour }) => flavour).join(', ');
  throw new ModelProblem(
    'MODEL_FLAVOUR_UNSUPPORTED',
    `The model has the flavours ${has}; served are ${served}.`,
  );
}
