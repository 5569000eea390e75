import { Injectable } from '@nestjs/common';
import type { CachedProbe } from '@tidegate/health';
import type { DatabaseGate } from '../store/database-gate';
import type { StoreKeeper } from '../store/store-keeper';

/** Whether events can be committed, from what is known in memory: asking costs nothing and never waits. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly keeper: StoreKeeper,
    private readonly probe: CachedProbe,
    private readonly gate: DatabaseGate,
  ) {}

  /** The tables exist, the last probe (at most a few seconds old) found nothing, and commits go through. */
  get isInitialized(): boolean {
    return this.keeper.isInitialized && this.gate.isOpen && this.probe.peek()?.status === 'healthy';
  }
}
