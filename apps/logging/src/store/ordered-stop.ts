import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import type { Pool } from 'pg';
import type { GroupCommitter } from '../ingest/group-committer';
import type { EventSpool } from '../spool/event-spool';
import type { StoreKeeper } from './store-keeper';

/** A server that does not answer does not say good-bye either. */
const GOOD_BYE_MS = 2000;

/** The end of a stop, when no request is left: what waits is committed, then spool and connections close. */
@Injectable()
export class OrderedStop implements OnApplicationShutdown {
  private readonly logger = new Logger('Stop');

  constructor(
    private readonly committer: GroupCommitter,
    private readonly keeper: StoreKeeper,
    private readonly spool: EventSpool,
    private readonly pools: readonly Pool[],
    private readonly clock: Clock,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.committer.flush();
    await this.spool.close();
    const ended = Promise.all([this.keeper.stopped(), ...this.pools.map((pool) => pool.end())]).then(
      () => true,
    );
    if (await Promise.race([ended, sleep(this.clock, GOOD_BYE_MS)])) return;
    this.logger.warn('the database does not answer; its connections are left to themselves');
  }
}
