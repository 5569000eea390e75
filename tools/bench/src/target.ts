/** A server under measurement. */
export interface Target {
  /** In tables. */
  readonly label: string;
  /** Scheme, host and port. */
  readonly url: string;
  /** Of the first process of its group: what it starts counts as well. */
  readonly pid: number;
  /** Sent with every request; only the gateway asks for any. */
  readonly headers: Readonly<Record<string, string>>;
}
