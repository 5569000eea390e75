/** One request that is sent again and again. */
export interface Scenario {
  readonly label: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}
