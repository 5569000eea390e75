import { inTransaction, isRefusedData, unavailabilityOf } from '@tidegate/database';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { DayPartitions } from './day-partitions';
import { insertPredictions } from './insert-predictions';
import { applyRollups, RollupChanges } from './rollups';
import { noteSkewedDays } from './skewed-days';
import type { StorableEvent, StoreOutcome } from './storable-event';

/** What else is counted of inserted rows, in their transaction. */
export interface InsertedRowsRecorder<Counted = unknown> {
  /** Counts events while they are being inserted. */
  count(events: readonly StorableEvent[]): Promise<Counted>;
  /** Stores the counts of those that were. */
  record(client: PoolClient, counted: Counted): Promise<void>;
}

/** Another order of locks elsewhere may end a transaction as the loser of a deadlock; then it simply runs again. */
const DEADLOCK = '40P01';
const MOST_RUNS = 3;

/**
 * Writes batches of events; every event gets its own outcome. A batch is one transaction: the rows, and all that is
 * counted of those that are really new. What other transactions wait for (the roll-ups) comes last.
 */
export class PredictionWriter {
  constructor(
    private readonly pool: Pool,
    private readonly partitions: DayPartitions,
    /** @default nothing but the roll-ups is counted */
    private readonly features?: InsertedRowsRecorder,
  ) {}

  /** One outcome per event, in the order given. Of equal events in a batch the first is stored. */
  async store(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const inKeyOrder = events.map((event, position) => ({ event, position, key: keyOf(event) }));
    inKeyOrder.sort((a, b) => compare(a.key, b.key));
    const outcomes = await this.storeSorted(inKeyOrder.map(({ event }) => event));
    const inGivenOrder: StoreOutcome[] = [];
    inKeyOrder.forEach(({ position }, index) => {
      const outcome = outcomes[index];
      if (outcome) inGivenOrder[position] = outcome;
    });
    return inGivenOrder;
  }

  /** A row that PostgreSQL refuses ends its whole transaction: halve the batch until that row is alone. */
  private async storeSorted(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    try {
      return await this.insert(events);
    } catch (error) {
      if (!isRefusedData(error))
        return events.map(() => ({ status: 'failed', error: unavailabilityOf(error) ?? error }));
      if (events.length === 1)
        return [{ status: 'refused', reason: `refused_by_database: ${error.message}` }];
      const middle = Math.ceil(events.length / 2);
      const firstHalf = await this.storeSorted(events.slice(0, middle));
      return [...firstHalf, ...(await this.storeSorted(events.slice(middle)))];
    }
  }

  private async insert(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    await this.partitions.ensure(events.map((event) => event.day));
    try {
      return await this.runTransaction(events);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      // Somebody dropped a partition this process remembers.
      this.partitions.forget();
      await this.partitions.ensure(events.map((event) => event.day));
      return this.runTransaction(events);
    }
  }

  private async runTransaction(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    for (let run = 1; ; run += 1) {
      try {
        return await inTransaction(this.pool, (client) => this.storeIn(client, events));
      } catch (error) {
        if (run === MOST_RUNS || unavailabilityOf(error)?.causeCode !== DEADLOCK) throw error;
      }
    }
  }

  private async storeIn(client: PoolClient, events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const [inserted, countedAhead] = await Promise.all([
      insertPredictions(client, events),
      this.features?.count(events),
    ]);
    const isNew = inserted === 'all' ? (): boolean => true : takeOnce(inserted ?? []);
    const outcomes = events.map((event): StoreOutcome => ({ status: isNew(event) ? 'stored' : 'duplicate' }));
    const stored = events.filter((_, index) => outcomes[index]?.status === 'stored');
    if (stored.length === 0) return outcomes;
    await noteSkewedDays(client, stored);
    const isWhole = stored.length === events.length;
    await this.features?.record(client, isWhole ? countedAhead : await this.features.count(stored));
    const changes = new RollupChanges();
    for (const event of stored) changes.addPrediction(event);
    await applyRollups(client, changes);
    return outcomes;
  }
}

interface Identity {
  readonly id: string;
  readonly day: string;
}

/** True for each identity once: of equal events in a batch only the first is new. */
function takeOnce(inserted: readonly Identity[]): (event: Identity) => boolean {
  const left = new Set(inserted.map(keyOf));
  return (event) => left.delete(keyOf(event));
}

function keyOf({ id, day }: Identity): string {
  return `${day} ${id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A check violation without a constraint's name: no partition of the table takes the row. */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514' && error.constraint === undefined;
}
