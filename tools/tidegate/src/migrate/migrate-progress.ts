import type { Clock } from '@tidegate/clock';

const INTERVAL_MS = 1_000;

/** Lines on standard error while something takes long: one a second at most, none in the first second. */
export class MigrateProgress {
  private lastMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly note: (line: string) => void,
  ) {
    this.lastMs = clock.monotonicMs();
  }

  /** @param line asked for only when it is time for one */
  report(line: () => string): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.lastMs < INTERVAL_MS) return;
    this.lastMs = nowMs;
    this.note(line());
  }

  /** Passes the chunks on and tells how far they are. */
  async *follow(chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      this.report(() => `${what}: ${megabytes(bytes)}`);
      yield chunk;
    }
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
