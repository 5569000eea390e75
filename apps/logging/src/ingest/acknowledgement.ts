import { Injectable } from '@nestjs/common';
import { unavailabilityOf } from '@tidegate/database';
import type { EventSpool } from '../spool/event-spool';
import { databaseProblem } from '../store/database-unavailable.filter';
import type { DatabaseGate } from '../store/database-gate';
import type { StorableEvent, StoreOutcome } from '../store/storable-event';
import { notInitialized, type StoreKeeper } from '../store/store-keeper';
import type { GroupCommitter } from './group-committer';

/** What became of one event; `spooled`: it is on our disk, and will be stored when the database is back. */
export type KeptOutcome = StoreOutcome | { readonly status: 'spooled' };

/** Keeps events where they cannot be lost: committed in the database or, while that is away, on the disk of the spool. */
@Injectable()
export class Acknowledgement {
  constructor(
    private readonly committer: GroupCommitter,
    private readonly gate: DatabaseGate,
    private readonly keeper: StoreKeeper,
    private readonly spool: EventSpool,
  ) {}

  /** Whether the spool could keep an event that comes now. */
  get isSpoolReady(): boolean {
    return this.spool.canAcknowledge;
  }

  /** Whether events go to the database now. */
  get isDatabaseOpen(): boolean {
    return this.keeper.isInitialized && this.gate.isOpen;
  }

  /**
   * One outcome per event, in the order given. `failed` ones failed unexpectedly, or neither database nor spool took them.
   *
   * @throws ProblemError OVERLOADED
   */
  async keep(events: readonly StorableEvent[]): Promise<KeptOutcome[]> {
    const outcomes = await this.commit(events);
    const isForSpool = (outcome: StoreOutcome): boolean =>
      outcome.status === 'failed' && unavailabilityOf(outcome.error) !== undefined;
    const left = events.filter((_, index) => isForSpool(outcomes[index] ?? { status: 'stored' }));
    if (left.length === 0) return outcomes;
    const isSpooled = await this.spool.append(left);
    return outcomes.map((outcome) => {
      if (!isForSpool(outcome)) return outcome;
      return isSpooled ? { status: 'spooled' } : this.withSpoolProblem(outcome);
    });
  }

  private commit(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const error = this.keeper.isInitialized ? this.gate.failure : notInitialized();
    return error
      ? Promise.resolve(events.map((): StoreOutcome => ({ status: 'failed', error })))
      : this.committer.submit(events);
  }

  private withSpoolProblem(outcome: StoreOutcome): StoreOutcome {
    const unavailable = outcome.status === 'failed' ? unavailabilityOf(outcome.error) : undefined;
    return unavailable === undefined
      ? outcome
      : { status: 'failed', error: databaseProblem(unavailable, this.spool.problem()) };
  }
}
