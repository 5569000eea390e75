import type { Clock, Timer } from '@tidegate/clock';
import { ReopeningSpool, type SetAsideEntry, type Spool, type SpoolBatch, SpoolError } from '@tidegate/spool';

export interface EventSpoolOptions {
  /** Of this process alone; events that wait in it are sent after a restart. */
  readonly folder: string;
  /** Of the events that wait. */
  readonly maxBytes: number;
}

/** Told what happens; must not throw. */
export interface EventSpoolObserver {
  /** It cannot be used, or something in it was set aside. Once per cause. */
  onProblem(problem: string): void;
  /** It can be used, perhaps again, or takes events again: look what waits in it. */
  onReady(): void;
}

/** What waits on disk. */
export interface EventSpoolStats {
  readonly records: number;
  readonly bytes: number;
}

const NOTHING: EventSpoolStats = { records: 0, bytes: 0 };
/** After a failed write or read: a disk that is full, say. */
const RETRY_MS = 5000;

/**
 * The disk side of the sender. Whatever fails here is told once and tried again by itself; meanwhile the sender works from
 * memory. Nothing rejects.
 */
export class EventSpool {
  private readonly reopening: ReopeningSpool;
  private isClosing = false;
  private lastProblem: string | undefined;
  private readonly rests: { append: Timer | undefined; read: Timer | undefined } = {
    append: undefined,
    read: undefined,
  };

  constructor(
    { folder, maxBytes }: EventSpoolOptions,
    private readonly clock: Clock,
    private readonly observer: EventSpoolObserver,
  ) {
    const tell = (problem: string): void => observer.onProblem(problem);
    this.reopening = new ReopeningSpool({
      ...{ folder, maxBytes, clock },
      observer: {
        onReady: () => this.onSpoolReady(),
        onFailure: (error) => this.report(error),
        onSetAside: (reason, bytes, isKept) =>
          tell(`${bytes} bytes set aside in ${folder}${isKept ? '' : ' (not kept)'}: ${reason}`),
        onLost: (cause) => tell(`the spool in ${folder} is lost: ${cause}`),
      },
    });
  }

  /** Resolves when it is known whether the folder can be used. */
  get opened(): Promise<void> {
    return this.reopening.opened;
  }

  private get spool(): Spool | undefined {
    return this.reopening.current;
  }

  get stats(): EventSpoolStats {
    return this.spool?.stats() ?? NOTHING;
  }

  /** Whether it is worth while to give it events. */
  get takesEvents(): boolean {
    return this.spool !== undefined && this.rests.append === undefined;
  }

  /** Whether they are on the disk now, all of them; else none is. */
  async append(events: readonly Buffer[]): Promise<boolean> {
    const { spool } = this;
    if (spool === undefined) return false;
    try {
      await spool.append(events);
      this.lastProblem = undefined;
      return true;
    } catch (error) {
      // Being full is what a quota is for: the sender counts what it drops then.
      if (codeOf(error) !== 'SPOOL_FULL') this.report(error);
      this.rest('append');
      return false;
    }
  }

  async peek(maxRecords: number, maxBytes: number): Promise<SpoolBatch | undefined> {
    if (this.spool === undefined || this.rests.read !== undefined) return undefined;
    try {
      return await this.spool.peek({ maxRecords, maxBytes });
    } catch (error) {
      this.report(error);
      this.rest('read');
      return undefined;
    }
  }

  /** Even when it fails they do not come again, unless the process ends before the disk is well again. */
  async remove(batch: SpoolBatch): Promise<void> {
    await this.attempt((spool) => spool.remove(batch));
    this.wake('append');
  }

  /** Takes out the oldest `count`. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const batch = await this.peek(left, Infinity);
      if (batch === undefined) return;
      await this.remove(batch);
      left -= batch.records.length;
    }
  }

  /** Keeps what was refused for good where a person finds it, all of it or nothing. */
  setAside(refused: readonly SetAsideEntry[]): Promise<void> {
    return this.attempt((spool) => spool.setAside(refused));
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await this.reopening.end();
    for (const timer of Object.values(this.rests)) timer?.cancel();
    await this.attempt((spool) => spool.close());
  }

  private async attempt(work: (spool: Spool) => Promise<void>): Promise<void> {
    try {
      if (this.spool !== undefined) await work(this.spool);
    } catch (error) {
      this.report(error);
    }
  }

  private onSpoolReady(): void {
    this.lastProblem = undefined;
    this.observer.onReady();
  }

  private rest(side: 'append' | 'read'): void {
    this.rests[side] ??= this.clock.setTimer(() => this.wake(side), RETRY_MS);
  }

  private wake(side: 'append' | 'read'): void {
    if (this.rests[side] === undefined) return;
    this.rests[side].cancel();
    this.rests[side] = undefined;
    this.observer.onReady();
  }

  /** Once per cause. */
  private report(error: unknown): void {
    const code = codeOf(error) ?? 'UNEXPECTED';
    if (this.lastProblem === code || this.isClosing) return;
    this.lastProblem = code;
    const message = error instanceof Error ? error.message : String(error);
    this.observer.onProblem(error instanceof SpoolError ? `${message} ${error.remedy}` : message);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof SpoolError ? error.code : undefined;
}
