import { sleep, type Clock } from '@tidegate/clock';
import { Spool, type SpoolObserver, type SpoolOptions } from './spool';

export type OpenSpool = (options: SpoolOptions) => Promise<Spool>;

/** Told what happens; must not throw. */
export interface ReopeningSpoolObserver extends Pick<SpoolObserver, 'onSetAside'> {
  /** It can be used, perhaps again. */
  onReady(spool: Spool): void;
  /** It could not be opened and is tried again, or the lost one could not be closed. */
  onFailure(error: unknown): void;
  /** Its folder was removed by somebody; it is made anew. */
  onLost(cause: string, lost: Spool | undefined): void;
}

export interface ReopeningSpoolOptions extends Omit<SpoolOptions, 'observer' | 'clock'> {
  readonly clock: Clock;
  readonly observer: ReopeningSpoolObserver;
  /** @default Spool.open */
  readonly open?: OpenSpool;
}

const RETRY_MS = 5_000;

/**
 * A spool that is there as soon as its folder can be used: one that another process still has, or a disk that is away, is
 * tried again and again. Nothing rejects.
 */
export class ReopeningSpool {
  /** Resolves when it is known whether the folder can be used. */
  readonly opened: Promise<void>;
  private spool: Spool | undefined;
  private opening: Promise<void>;
  private readonly ending = new AbortController();

  constructor(private readonly options: ReopeningSpoolOptions) {
    this.opened = this.tryToOpen();
    this.opening = this.opened.then(() => this.keepOpening());
  }

  /** Undefined while it cannot be used. */
  get current(): Spool | undefined {
    return this.spool;
  }

  /** Opens nothing any more; resolves when no attempt is under way. What is open is the caller's to close. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.opening;
  }

  private async keepOpening(): Promise<void> {
    const { signal } = this.ending;
    while (this.spool === undefined && !signal.aborted) {
      await sleep(this.options.clock, RETRY_MS, signal);
      if (!signal.aborted) await this.tryToOpen();
    }
  }

  private async tryToOpen(): Promise<void> {
    const { observer, open = (options) => Spool.open(options), ...options } = this.options;
    const { onSetAside } = observer;
    const onLost = (cause: string): void => this.onLost(cause);
    try {
      this.spool = await open({ ...options, observer: { onSetAside: onSetAside.bind(observer), onLost } });
      observer.onReady(this.spool);
    } catch (error) {
      observer.onFailure(error);
    }
  }

  private onLost(cause: string): void {
    const { observer } = this.options;
    const lost = this.spool;
    this.spool = undefined;
    observer.onLost(cause, lost);
    this.opening = this.opening
      .then(() => lost?.close())
      .catch((error: unknown) => observer.onFailure(error))
      .then(() => (this.ending.signal.aborted ? undefined : this.tryToOpen()))
      .then(() => this.keepOpening());
  }
}
