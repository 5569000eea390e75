import type { Provider } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { createPool } from '@tidegate/database';
import type { Pool } from 'pg';
import { SubjectDeletion } from './deletion/subject-deletion';
import { DriftReader } from './drift/drift-reader';
import { DriftService } from './drift/drift.service';
import { FeatureMerger } from './drift/feature-merger';
import { FeedbackReconciler } from './feedback/feedback-reconciler';
import { FeedbackStore } from './feedback/feedback-store';
import { FeedbackService } from './feedback/feedback.service';
import { labelFieldsOf } from './feedback/label';
import type { LoggingConfig } from './logging.config';
import { PredictionExport } from './queries/prediction-export';
import { PredictionReader } from './queries/prediction-reader';
import { StatsReader } from './queries/stats-reader';
import { BackgroundLoop } from './store/background-loop';
import { ConcurrencyLimit } from './store/concurrency-limit';
import { splitConnections } from './store/connection-split';
import { StoreKeeper } from './store/store-keeper';
import { CLOCK, FEATURE_MERGING, FEEDBACK_RECONCILING, POOL } from './tokens';

const MAX_FEEDBACK_TRANSACTIONS = 2;
const MAX_WAITING_FEEDBACK = 200;
const MERGE_EVERY_MS = 5000;
const RECONCILE_EVERY_MS = 1000;

/** What answers questions about stored predictions, and what has to be kept up for that. */
export function knowledgeProviders(config: LoggingConfig, applicationName: string): Provider[] {
  return [
    { provide: PredictionReader, useFactory: (pool: Pool) => new PredictionReader(pool), inject: [POOL] },
    { provide: StatsReader, useFactory: (pool: Pool) => new StatsReader(pool), inject: [POOL] },
    { provide: SubjectDeletion, useFactory: (pool: Pool) => new SubjectDeletion(pool), inject: [POOL] },
    {
      provide: PredictionExport,
      useFactory: (clock: Clock) => {
        const { exports: size } = splitConnections(config.databasePoolSize);
        const pool = createPool({ connection: config.database, applicationName, size });
        return new PredictionExport(pool, new ConcurrencyLimit(size, 0, 'exports'), clock, config);
      },
      inject: [CLOCK],
    },
    ...driftProviders(config),
    ...feedbackProviders(config),
  ];
}

function driftProviders({ drift: isOn, driftBaselineEvents }: LoggingConfig): Provider[] {
  return [
    {
      provide: DriftService,
      useFactory: (pool: Pool) => new DriftService(new DriftReader(pool), driftBaselineEvents, isOn),
      inject: [POOL],
    },
    {
      provide: FEATURE_MERGING,
      useFactory: (pool: Pool, keeper: StoreKeeper, clock: Clock) =>
        new BackgroundLoop(new FeatureMerger(pool), clock, MERGE_EVERY_MS, () => keeper.isInitialized),
      inject: [POOL, StoreKeeper, CLOCK],
    },
  ];
}

function feedbackProviders(config: LoggingConfig): Provider[] {
  return [
    {
      provide: FeedbackStore,
      useFactory: (pool: Pool) => new FeedbackStore(pool, labelFieldsOf(config.defectRules)),
      inject: [POOL],
    },
    {
      provide: FeedbackService,
      useFactory: (store: FeedbackStore, keeper: StoreKeeper, clock: Clock) => {
        const limit = new ConcurrencyLimit(
          MAX_FEEDBACK_TRANSACTIONS,
          MAX_WAITING_FEEDBACK,
          'feedback requests',
        );
        return new FeedbackService(store, keeper, limit, clock, config);
      },
      inject: [FeedbackStore, StoreKeeper, CLOCK],
    },
    {
      provide: FEEDBACK_RECONCILING,
      useFactory: (store: FeedbackStore, keeper: StoreKeeper, clock: Clock) => {
        const work = new FeedbackReconciler(store, clock, config.retentionDays);
        return new BackgroundLoop(work, clock, RECONCILE_EVERY_MS, () => keeper.isInitialized);
      },
      inject: [FeedbackStore, StoreKeeper, CLOCK],
    },
  ];
}
