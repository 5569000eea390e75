import type { Migrations } from '@tidegate/database';
import { defaultPartition } from './default-partition-migration';
import { featureCounts } from './feature-counts-migration';
import { feedback } from './feedback-migration';
import { predictions } from './predictions-migration';
import { rollupLevels } from './rollup-levels-migration';
import { subjects } from './subjects-migration';

/** The schema of the prediction log. */
export const loggingMigrations: Migrations = {
  '0001-predictions': predictions,
  '0002-rollup-levels': rollupLevels,
  '0003-feature-counts': featureCounts,
  '0004-feedback': feedback,
  '0005-subjects': subjects,
  '0006-default-partition': defaultPartition,
};
