import type { Provider } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { LogCounters } from '../health/log-counters';
import type { LoggingConfig } from '../logging.config';
import { RetentionRules } from '../retention/retention-rules';
import { EventSpool } from '../spool/event-spool';
import { SpoolReplay } from '../spool/spool-replay';
import { BackgroundLoop } from '../store/background-loop';
import { DatabaseGate } from '../store/database-gate';
import { GuardedWriter } from '../store/guarded-writer';
import { StoreKeeper } from '../store/store-keeper';
import { CLOCK, REPLAYING } from '../tokens';
import { Acknowledgement } from './acknowledgement';
import { DefectRules } from './defect-rules';
import { GroupCommitter } from './group-committer';
import { IngestService } from './ingest.service';

const REPLAY_EVERY_MS = 500;

/** What takes events in, and the spool for the time when the database is away. */
export function ingestProviders(config: LoggingConfig): Provider[] {
  return [
    { provide: LogCounters, useFactory: (clock: Clock) => new LogCounters(clock), inject: [CLOCK] },
    { provide: EventSpool, useFactory: (clock: Clock) => new EventSpool(config, clock), inject: [CLOCK] },
    {
      provide: Acknowledgement,
      useFactory: (committer: GroupCommitter, gate: DatabaseGate, keeper: StoreKeeper, spool: EventSpool) =>
        new Acknowledgement(committer, gate, keeper, spool),
      inject: [GroupCommitter, DatabaseGate, StoreKeeper, EventSpool],
    },
    {
      provide: REPLAYING,
      useFactory: (
        spool: EventSpool,
        writer: GuardedWriter,
        counters: LogCounters,
        acknowledgement: Acknowledgement,
        clock: Clock,
      ) => {
        const work = new SpoolReplay(spool, (events) => writer.store(events), counters);
        return new BackgroundLoop(work, clock, REPLAY_EVERY_MS, () => acknowledgement.isDatabaseOpen);
      },
      inject: [EventSpool, GuardedWriter, LogCounters, Acknowledgement, CLOCK],
    },
    {
      provide: IngestService,
      useFactory: (
        acknowledgement: Acknowledgement,
        retention: RetentionRules,
        counters: LogCounters,
        clock: Clock,
      ) => {
        const rules = new DefectRules(config.defectRules);
        return new IngestService(acknowledgement, rules, retention, counters, clock, config);
      },
      inject: [Acknowledgement, RetentionRules, LogCounters, CLOCK],
    },
  ];
}
