/** One row of `predictions` on its way in: checked, its identity settled, JSON as text. */
export interface StorableEvent {
  readonly id: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly predictedAtMs: number;
  readonly model: string;
  readonly version: string;
  readonly alias: string | null;
  readonly inputsJson: string | null;
  readonly outputsJson: string;
  readonly latencyMs: number | null;
  readonly isDefect: boolean;
  readonly requestId: string | null;
  readonly traceparent: string | null;
  readonly metadataJson: string | null;
  /** Missing in what an earlier version of the app left in the spool. */
  readonly subject?: string | null;
}

/** What became of one event. `failed`: it may be sent again; `refused`: PostgreSQL will never take it. */
export type StoreOutcome =
  | { readonly status: 'stored' | 'duplicate' }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: unknown };
