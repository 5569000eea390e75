import { Injectable } from '@nestjs/common';
import type { CachedProbe } from '@tidegate/health';
import type { StoreKeeper } from '../store/store-keeper';

/** Whether events can be committed, from what is known in memory: asking costs nothing and never waits. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly keeper: StoreKeeper,
    private readonly probe: CachedProbe,
  ) {}

  /** The tables exist and the last probe (at most a few seconds old) could write. */
  get isInitialized(): boolean {
    return this.keeper.isInitialized && this.probe.peek()?.status === 'healthy';
  }
}
