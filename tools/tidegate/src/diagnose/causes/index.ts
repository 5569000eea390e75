import { CAPACITY_CAUSES } from './capacity.causes';
import type { Cause } from './cause';
import { CONTAINER_CAUSES } from './container.causes';
import { DATABASE_CAUSES } from './database.causes';
import { IMAGE_CAUSES } from './image.causes';
import { MLFLOW_CAUSES } from './mlflow.causes';
import { SECRET_CAUSES } from './secret.causes';
import { TRAFFIC_CAUSES } from './traffic.causes';

/** Every known cause. Of two that are recognised the earlier one is named first. */
export const KNOWN_CAUSES: readonly Cause[] = [
  ...IMAGE_CAUSES,
  ...SECRET_CAUSES,
  ...CAPACITY_CAUSES,
  ...DATABASE_CAUSES,
  ...MLFLOW_CAUSES,
  ...TRAFFIC_CAUSES,
  ...CONTAINER_CAUSES,
];
