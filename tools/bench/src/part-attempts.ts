/** A part of a benchmark that could not be measured to its end. */
export interface PartFailure {
  readonly part: string;
  readonly message: string;
}

/** Measures parts; when one breaks off, the figures of the others count nevertheless. */
export class PartAttempts {
  readonly failures: PartFailure[] = [];

  constructor(private readonly say: (line: string) => void) {}

  /** Undefined when the part broke off. */
  async run<T>(part: string, measure: () => Promise<T>): Promise<T | undefined> {
    try {
      return await measure();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.say(`${part} broke off: ${message}`);
      this.failures.push({ part, message });
      return undefined;
    }
  }
}
