import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import {
  ReopeningSpool,
  SpoolError,
  type OpenSpool,
  type SetAsideEntry,
  type Spool,
  type SpoolBatch,
} from '@tidegate/spool';
import type { StorableEvent } from '../store/storable-event';
import { requestRoomBytes } from './request-room';

export interface EventSpoolSettings {
  /** Undefined: there is none. */
  readonly spoolDir: string | undefined;
  /** Whether what is written there outlives this process and its machine; otherwise nothing is acknowledged from it. */
  readonly spoolIsDurable: boolean;
  readonly spoolMaxBytes: number;
  /** It counts as full when it could not take a request of this size. */
  readonly maxBodyBytes: number;
}

/** What waits, and what will not be stored by itself any more. */
export interface EventSpoolFigures {
  readonly records: number;
  readonly bytes: number;
  /** Age of the oldest; 0 while nothing waits. */
  readonly oldestAgeMs: number;
  readonly setAside: number;
  /** False: there is a folder, and what waits there is not known, as it cannot be used now. */
  readonly isReady: boolean;
}

/** After a write failed, so long one append at a time finds out whether the disk takes some again. */
const DISTRUST_MS = 5000;
const EMPTY = { records: 0, bytes: 0, oldestAgeMs: 0 };

/**
 * Events that are acknowledged and not in the database yet, on disk. A folder that cannot be used (another process still
 * has it, a disk that is away) is tried again and again; until then the app works without.
 */
@Injectable()
export class EventSpool implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Spool');
  private reopening?: ReopeningSpool;
  private failedAtMs?: number;
  private lastProblem?: string;
  /** Of folders this process has given up. */
  private setAsideBefore = 0;

  constructor(
    private readonly settings: EventSpoolSettings,
    private readonly clock: Clock,
    private readonly open?: OpenSpool,
  ) {}

  onApplicationBootstrap(): void {
    const { spoolDir, spoolIsDurable } = this.settings;
    if (spoolDir === undefined) return;
    if (!spoolIsDurable)
      this.logger.warn(
        { spoolDir },
        'SPOOL_DIR is not declared durable: what lies there is stored, but nothing is acknowledged from it; set SPOOL_IS_DURABLE=true if it outlives the process',
      );
    this.reopening = this.openingIn(spoolDir);
  }

  async onModuleDestroy(): Promise<void> {
    await this.reopening?.end();
  }

  /** At the end of a stop, when no request is left. */
  async close(): Promise<void> {
    const { spool } = this;
    this.reopening = undefined;
    await spool?.close();
  }

  private get spool(): Spool | undefined {
    return this.reopening?.current;
  }

  /** Whether an event that comes now can be acknowledged from here. */
  get canAcknowledge(): boolean {
    return this.problem() === undefined;
  }

  /** Why nothing can be acknowledged from here, for the caller; undefined when it can. */
  problem(): string | undefined {
    const { spoolDir, spoolIsDurable, maxBodyBytes } = this.settings;
    if (spoolDir === undefined || !spoolIsDurable) return 'this process has no durable spool';
    if (!this.spool) return 'the spool cannot be used now';
    if (!this.spool.hasRoomFor(requestRoomBytes(maxBodyBytes))) return 'the spool is full';
    if (this.failedAtMs !== undefined) return 'the disk of the spool takes nothing now';
    return undefined;
  }

  /**
   * Resolves with true when all of them are on the disk; false: none is, see {@link problem}. After a failure the next
   * attempts are few, so that a sick disk is not asked for each request.
   */
  async append(events: readonly StorableEvent[]): Promise<boolean> {
    const { spool } = this;
    if (!spool || !this.settings.spoolIsDurable) return false;
    if (this.failedAtMs !== undefined) {
      if (this.clock.monotonicMs() - this.failedAtMs < DISTRUST_MS) return false;
      this.failedAtMs = this.clock.monotonicMs();
    }
    try {
      await spool.append(events.map((event) => Buffer.from(JSON.stringify(event))));
      this.failedAtMs = undefined;
      this.lastProblem = undefined;
      return true;
    } catch (error) {
      this.noteFailure(error);
      return false;
    }
  }

  figures(): EventSpoolFigures {
    const stats = this.spool?.stats();
    const isReady = stats !== undefined || this.settings.spoolDir === undefined;
    if (!stats) return { ...EMPTY, isReady, setAside: this.setAsideBefore };
    const { records, bytes, oldestAtMs, setAside } = stats;
    const oldestAgeMs = oldestAtMs === undefined ? 0 : Math.max(0, this.clock.nowMs() - oldestAtMs);
    return { records, bytes, oldestAgeMs, isReady, setAside: this.setAsideBefore + setAside };
  }

  /** The oldest events that wait, undefined when there are none. @throws SpoolError */
  async peek(maxRecords: number, maxBytes: number): Promise<SpoolBatch | undefined> {
    return this.spool?.peek({ maxRecords, maxBytes });
  }

  /** @throws SpoolError */
  async remove(batch: SpoolBatch): Promise<void> {
    await this.spool?.remove(batch);
  }

  /**
   * Keeps records that will never be stored in a file for a person, all of them or none.
   *
   * @throws SpoolError; then they must stay in the spool
   */
  async setAside(refused: readonly SetAsideEntry[]): Promise<void> {
    try {
      await this.spool?.setAside(refused);
      if (refused.length > 0) this.lastProblem = undefined;
    } catch (error) {
      this.report(
        'events that can never be stored could not be set aside: they stay in the spool, and what came after them waits',
        error,
      );
      throw error;
    }
  }

  private openingIn(folder: string): ReopeningSpool {
    const { clock, open, settings } = this;
    return new ReopeningSpool({
      ...{ folder, maxBytes: settings.spoolMaxBytes, clock, open },
      observer: {
        onReady: (spool) => {
          this.lastProblem = undefined;
          this.logger.log({ folder, records: spool.stats().records }, 'the spool is ready');
        },
        onFailure: (error) => this.report('the spool cannot be opened; trying again', error),
        onSetAside: (reason, bytes, isKept) =>
          this.logger.error({ reason, bytes, isKept }, 'a record of the spool was set aside'),
        onLost: (cause, lost) => {
          this.setAsideBefore += lost?.stats().setAside ?? 0;
          this.logger.error({ folder, cause }, 'the folder of the spool was lost');
        },
      },
    });
  }

  private noteFailure(error: unknown): void {
    const code = error instanceof SpoolError ? error.code : undefined;
    // Being full passes by itself, when the database is back.
    if (code !== 'SPOOL_FULL' && code !== 'SPOOL_CLOSED') this.failedAtMs = this.clock.monotonicMs();
    this.report('events could not be spooled', error);
  }

  /** Once per cause. */
  private report(text: string, error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error);
    const code = error instanceof SpoolError ? error.code : 'UNEXPECTED';
    if (this.lastProblem === code) return;
    this.lastProblem = code;
    if (error instanceof SpoolError) this.logger.error({ code, cause, remedy: error.remedy }, text);
    else this.logger.error({ err: error }, text);
  }
}
