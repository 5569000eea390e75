import { Injectable, Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { DatabaseUnavailable } from '@tidegate/database';
import type { DatabaseGate } from './database-gate';
import type { StorableEvent, StoreOutcome } from './storable-event';

/** Fits `PredictionWriter.store`. */
export type StoreEvents = (events: readonly StorableEvent[]) => Promise<StoreOutcome[]>;

/** Told what became of events that nobody waited for any more. */
export type OnLateOutcome = (events: readonly StorableEvent[], outcomes: readonly StoreOutcome[]) => void;

/** A large transaction may take longer, at a pace that only a database in need has. */
const MS_PER_EVENT = 1;

/**
 * Writes only while the database takes writes, and never waits much longer than `timeoutMs` or for an outage to end. Events it
 * gave up are `failed`, although their transaction may still commit: whoever stores them again finds duplicates.
 */
@Injectable()
export class GuardedWriter {
  private readonly logger = new Logger('Writer');

  constructor(
    private readonly write: StoreEvents,
    private readonly gate: DatabaseGate,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly onLate: OnLateOutcome = () => undefined,
  ) {}

  /** One outcome per event, in the order given; never rejects for an expected failure. */
  store(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const { failure, opening } = this.gate;
    if (failure) return Promise.resolve(failed(events, failure));
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      const timeoutMs = this.timeoutMs + events.length * MS_PER_EVENT;
      const timer = this.clock.setTimer(() => {
        const silence = new Error(`no commit within ${timeoutMs} ms`);
        this.gate.failed(new DatabaseUnavailable('COMMIT_TIMEOUT', silence), opening);
      }, timeoutMs);
      const stopListening = this.gate.onShut((cause) => {
        isGivenUp = true;
        resolve(failed(events, cause));
      });
      const settle = (): void => {
        timer.cancel();
        stopListening();
      };
      this.write(events).then(
        (outcomes) => {
          settle();
          if (isGivenUp) return this.onLate(events, outcomes);
          this.note(outcomes, opening);
          resolve(outcomes);
        },
        (error: unknown) => {
          settle();
          if (isGivenUp) this.logger.error({ err: error }, 'a write that was given up failed unexpectedly');
          else reject(asError(error));
        },
      );
    });
  }

  private note(outcomes: readonly StoreOutcome[], opening: number): void {
    if (outcomes.some(({ status }) => status !== 'failed')) this.gate.succeeded();
    const failure = outcomes.find((outcome) => outcome.status === 'failed');
    if (failure) this.gate.failed(failure.error, opening);
  }
}

function failed(events: readonly StorableEvent[], error: DatabaseUnavailable): StoreOutcome[] {
  return events.map(() => ({ status: 'failed', error }));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
