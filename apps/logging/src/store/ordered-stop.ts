import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import type { GroupCommitter } from '../ingest/group-committer';
import type { StoreKeeper } from './store-keeper';

/** The end of a stop, when no request is left: what waits is committed, then the connections close. */
@Injectable()
export class OrderedStop implements OnApplicationShutdown {
  constructor(
    private readonly committer: GroupCommitter,
    private readonly keeper: StoreKeeper,
    private readonly pool: Pool,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.committer.flush();
    await this.keeper.stopped();
    await this.pool.end();
  }
}
