import type { Migrations } from '@tidegate/database';
import { predictions } from './predictions-migration';

/** The schema of the prediction log. */
export const loggingMigrations: Migrations = { '0001-predictions': predictions };
