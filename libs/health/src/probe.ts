/** A failure a probe found, in words for the person on call. */
export interface ProbeFailure {
  /** Stable code, such as `ECONNREFUSED` or `PROBE_TIMEOUT`. */
  readonly code: string;
  /** What happened; may name addresses, so show it only where that is allowed. */
  readonly cause: string;
}

/** What one check of a dependency found. `data` is whatever the check wants to show. */
export interface ProbeResult<T = undefined> {
  readonly status: 'healthy' | 'unhealthy';
  readonly data?: T;
  readonly failure?: ProbeFailure;
}

/** Checks one dependency once. Expected failures are results; `signal` aborts at the deadline. */
export type Probe<T = undefined> = (signal: AbortSignal) => Promise<ProbeResult<T>>;

/** The latest result, with when and how long. Times are Unix milliseconds. */
export interface ProbeReport<T = undefined> extends ProbeResult<T> {
  readonly checkedAtMs: number;
  readonly responseTimeMs: number;
  readonly lastSuccessAtMs?: number;
}
