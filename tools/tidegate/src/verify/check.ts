/** What was found; `skipped`: it could not be looked at, and why. */
export interface Finding {
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly found: string;
  /** Passed, but a person should read what was found. @default false */
  readonly isRemarkable?: boolean;
}

/** One thing that must be so. */
export interface Check {
  /** What is ill when it fails, such as `PostgreSQL`. */
  readonly part: string;
  /** What must be so, as a sentence. */
  readonly expected: string;
  /** What to do when it is not. */
  readonly remedy: string;
  /** Of the api. Without one it is skipped. */
  readonly needsKey: boolean;
  look(): Promise<Finding>;
}

export interface CheckResult extends Omit<Check, 'look' | 'needsKey'>, Finding {
  readonly tookMs: number;
}

export const passed = (found: string): Finding => ({ result: 'passed', found });
export const remarkable = (found: string): Finding => ({ ...passed(found), isRemarkable: true });
export const failed = (found: string): Finding => ({ result: 'failed', found });
export const skipped = (found: string): Finding => ({ result: 'skipped', found });
