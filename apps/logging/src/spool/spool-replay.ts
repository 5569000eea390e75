import { Logger } from '@nestjs/common';
import { unavailabilityOf } from '@tidegate/database';
import type { SetAsideEntry } from '@tidegate/spool';
import type { LogCounters } from '../health/log-counters';
import type { BackgroundWork } from '../store/background-loop';
import type { StorableEvent, StoreOutcome } from '../store/storable-event';
import type { EventSpool } from './event-spool';
import { readSpooledEvent } from './spooled-event';

const EVENTS_AT_ONCE = 1000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

interface Entry {
  readonly payload: Uint8Array;
  readonly event: StorableEvent;
}

/** An event and what became of it. */
type Settled = Entry & { readonly outcome: StoreOutcome };

/**
 * Stores what waits in the spool, oldest first, one transaction at a time beside those of new events. What is stored
 * already (its answer was lost, or the process ended before it was removed) is a duplicate and counted once.
 */
export class SpoolReplay implements BackgroundWork {
  readonly name = 'replay of the spool';
  private readonly logger = new Logger('Spool');
  private replayed = 0;

  constructor(
    private readonly spool: EventSpool,
    private readonly store: (events: readonly StorableEvent[]) => Promise<StoreOutcome[]>,
    private readonly counters: LogCounters,
  ) {}

  /** @returns whether more waits. @throws what cannot be helped by going on; nothing is lost then */
  async run(): Promise<boolean> {
    const batch = await this.spool.peek(EVENTS_AT_ONCE, BYTES_AT_ONCE);
    if (batch === undefined) return this.done();
    const entries: Entry[] = [];
    const unreadable: SetAsideEntry[] = [];
    for (const { payload } of batch.records) {
      const event = readSpooledEvent(payload);
      if (typeof event === 'string') unreadable.push({ bytes: payload, reason: event });
      else entries.push({ payload, event });
    }
    const settled = await this.storeAll(entries);
    // All of them come again: nothing may be set aside twice.
    if (settled === undefined) return false;
    this.countStored(settled);
    const refused = settled.flatMap(({ payload, outcome }) =>
      outcome.status === 'refused' ? [{ bytes: payload, reason: outcome.reason }] : [],
    );
    // When they cannot be kept the whole batch stays: what of it is stored comes again as duplicates.
    await this.spool.setAside([...unreadable, ...refused]);
    this.counters.addErrors(refused.length);
    await this.spool.remove(batch);
    this.replayed += batch.records.length;
    return true;
  }

  /** @returns undefined when the database cannot take them now */
  private async storeAll(entries: readonly Entry[]): Promise<Settled[] | undefined> {
    const settled = await this.tryToStore(entries);
    const failures = settled.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : []));
    if (failures.length === 0) return settled;
    if (failures.some(isUnavailable)) return undefined;
    return this.storeOneByOne(entries);
  }

  /**
   * A failure that is neither an outage nor refused data is a mistake in the app or in the database. When it comes from
   * single events, the others must not wait for them for ever; when all fail, none is to blame.
   */
  private async storeOneByOne(entries: readonly Entry[]): Promise<Settled[] | undefined> {
    const settled: Settled[] = [];
    for (const entry of entries) settled.push(...(await this.tryToStore([entry])));
    const failures = settled.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : []));
    if (failures.some(isUnavailable)) return undefined;
    if (failures.length === settled.length) throw failures[0];
    return settled.map((entry) => {
      const { outcome } = entry;
      return outcome.status === 'failed' ? { ...entry, outcome: refusal(outcome.error) } : entry;
    });
  }

  private async tryToStore(entries: readonly Entry[]): Promise<Settled[]> {
    if (entries.length === 0) return [];
    const outcomes = await this.store(entries.map(({ event }) => event));
    return entries.map((entry, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error(`No outcome is known for event ${entry.event.id}.`);
      return { ...entry, outcome };
    });
  }

  private countStored(settled: readonly Settled[]): void {
    const stored = settled.filter(({ outcome }) => outcome.status === 'stored').map(({ event }) => event);
    if (stored.length > 0) this.counters.addStored(stored);
  }

  private done(): false {
    if (this.replayed > 0) this.logger.log({ records: this.replayed }, 'all of the spool is in the database');
    this.replayed = 0;
    return false;
  }
}

function isUnavailable(error: unknown): boolean {
  return unavailabilityOf(error) !== undefined;
}

function refusal(error: unknown): StoreOutcome {
  return { status: 'refused', reason: `failed: ${error instanceof Error ? error.message : String(error)}` };
}
