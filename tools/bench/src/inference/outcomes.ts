import type { Answer } from './exchange';

const KEPT_PROBLEMS = 5;
const OK = 200;
const TOO_MANY = 429;

/** What came of many requests. */
export interface OutcomeFigures {
  readonly accepted: number;
  /** 429: the server says that it has too much to do. */
  readonly refused: number;
  /** Any other status, a wrong answer, or none. */
  readonly failed: number;
  /** What the first failures were. */
  readonly problems: readonly string[];
  /** Of the accepted ones. */
  readonly tookMs: readonly number[];
}

/** Sorts answers into accepted, refused and failed. */
export class Outcomes implements OutcomeFigures {
  accepted = 0;
  refused = 0;
  failed = 0;
  readonly problems: string[] = [];
  readonly tookMs: number[] = [];

  /** @param check what is wrong with an answer of status 200, or undefined. @default nothing is ever */
  constructor(private readonly check: (body: Buffer) => string | undefined = () => undefined) {}

  /** Waits for the answer; never rejects. @returns its status, or undefined when there was none */
  async note(answering: Promise<Answer>, startedMs: number): Promise<number | undefined> {
    try {
      const { status, body } = await answering;
      if (status === TOO_MANY) this.refused += 1;
      else if (status !== OK) this.fail(`${status} ${body.toString().slice(0, 200)}`);
      else this.accept(body, performance.now() - startedMs);
      return status;
    } catch (error) {
      this.fail(String(error));
      return undefined;
    }
  }

  private accept(body: Buffer, tookMs: number): void {
    const problem = this.check(body);
    if (problem !== undefined) return this.fail(problem);
    this.accepted += 1;
    this.tookMs.push(tookMs);
  }

  private fail(problem: string): void {
    this.failed += 1;
    if (this.problems.length < KEPT_PROBLEMS) this.problems.push(problem);
  }
}
