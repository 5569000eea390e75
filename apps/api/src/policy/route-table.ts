import type { Scope } from '@tidegate/api-keys';

/** What a key needs for one route, and where the route leads. */
export interface RouteMatch {
  /** As the table lists it, `METHOD path`: for metrics and the audit log, since it has few values. */
  readonly route: string;
  /** All of them are needed; empty: any valid key. */
  readonly scopes: readonly Scope[];
  /** Path at the upstream, percent-encoded as it came, without the query. */
  readonly upstreamPath: string;
  /** Whether it changes something: such requests are audited. */
  readonly isWrite: boolean;
  /** `json`: the body is read whole and checked before it is forwarded as it came; `stream`: it passes through. */
  readonly body: 'json' | 'stream';
  /**
   * Checks the values of a request.
   *
   * @param query as it came, without the question mark
   * @param body whole, for routes with a `json` body
   * @throws ProblemError when a value may not reach the upstream
   */
  check(query: string, body: Buffer | undefined): RequestSubject;
}

/** What a request is about, as far as its values say. */
export interface RequestSubject {
  /** Registered models it names; undefined: it is not about models by name. */
  readonly models?: readonly string[];
  /** More for the audit line, such as `run` or `alias`. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Which requests may reach an upstream. What it does not list does not exist for the caller. */
export interface RoutePolicy {
  match(method: string, path: string): RouteMatch | undefined;
}

/** Rows of a policy: the scopes a route needs → `METHOD path`, where `{name}` stands for one path segment. */
export type RouteRows = readonly (readonly [scopes: readonly Scope[], routes: readonly string[]])[];

/** One listed route. */
export interface TableRow {
  /** As listed, `METHOD path`. */
  readonly route: string;
  readonly scopes: readonly Scope[];
}

const SEGMENT = '[A-Za-z0-9._~-]+';

/** Compiles rows for fast look-up: literal routes by map, the few with `{name}` by pattern. */
export class RouteTable {
  private readonly literal = new Map<string, TableRow>();
  private readonly patterns: { readonly pattern: RegExp; readonly row: TableRow }[] = [];

  constructor(rows: RouteRows) {
    for (const [scopes, routes] of rows) for (const route of routes) this.add(route, scopes);
  }

  /** The row for `METHOD path`, or undefined when the table does not list it. */
  find(method: string, path: string): TableRow | undefined {
    const route = `${method} ${path}`;
    return this.literal.get(route) ?? this.patterns.find(({ pattern }) => pattern.test(route))?.row;
  }

  private add(route: string, scopes: readonly Scope[]): void {
    const row = { route, scopes };
    if (!route.includes('{')) {
      this.literal.set(route, row);
      return;
    }
    const source = route.replace(/\./g, '\\.').replace(/\{\w+\}/g, SEGMENT);
    // A segment of dots only would climb to another route once an upstream normalises the path.
    this.patterns.push({ pattern: new RegExp(`^(?!.*/\\.+(/|$))${source}$`), row });
  }
}
