const FIRST_NOTE_MS = 3_000;
const NOTE_EVERY_MS = 10_000;

/** Says what happens: a line when a step is done or failed, and lines in between while it takes long. */
export class Progress {
  constructor(
    private readonly print: (line: string) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  line(text: string): void {
    this.print(`  ${text}`);
  }

  /** @param label what is true when the step is done, for example `MLflow answers` */
  async step<T>(label: string, work: () => Promise<T>): Promise<T> {
    const startMs = this.nowMs();
    const seconds = (): string => ((this.nowMs() - startMs) / 1000).toFixed(1);
    const note = (): void => this.line(`… waiting until ${label} (${seconds()} s)`);
    let repeated: NodeJS.Timeout | undefined;
    const first = setTimeout(() => {
      note();
      repeated = setInterval(note, NOTE_EVERY_MS);
    }, FIRST_NOTE_MS);
    try {
      const result = await work();
      this.line(`✓ ${label} (${seconds()} s)`);
      return result;
    } catch (error) {
      // The cause is told when everything else has come to a stop.
      this.line(`✗ ${label}: failed (${seconds()} s)`);
      throw error;
    } finally {
      clearTimeout(first);
      clearInterval(repeated);
    }
  }
}
