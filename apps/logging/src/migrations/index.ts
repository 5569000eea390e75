import type { Migrations } from '@tidegate/database';
import { predictions } from './0001-predictions';

export const loggingMigrations: Migrations = { '0001-predictions': predictions };
