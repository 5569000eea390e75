import type { Scope } from '@tidegate/api-keys';

/** What a key needs for one route, and where the route leads. */
export interface RouteMatch {
  /** All of them are needed; empty: any valid key. */
  readonly scopes: readonly Scope[];
  /** Path at the upstream, percent-encoded as it came, without the query. */
  readonly upstreamPath: string;
}

/** Which requests may reach an upstream. What it does not list does not exist for the caller. */
export interface RoutePolicy {
  match(method: string, path: string): RouteMatch | undefined;
}

/** Rows of a policy: the scopes a route needs → `METHOD path`, where `{name}` stands for one path segment. */
export type RouteRows = readonly (readonly [scopes: readonly Scope[], routes: readonly string[]])[];

const SEGMENT = '[A-Za-z0-9._~-]+';

/** Compiles rows for fast look-up: literal routes by map, the few with `{name}` by pattern. */
export class RouteTable {
  private readonly literal = new Map<string, readonly Scope[]>();
  private readonly patterns: { readonly pattern: RegExp; readonly scopes: readonly Scope[] }[] = [];

  constructor(rows: RouteRows) {
    for (const [scopes, routes] of rows) for (const route of routes) this.add(route, scopes);
  }

  /** The scopes `METHOD path` needs, or undefined when the table does not list it. */
  scopesOf(method: string, path: string): readonly Scope[] | undefined {
    const route = `${method} ${path}`;
    return this.literal.get(route) ?? this.patterns.find(({ pattern }) => pattern.test(route))?.scopes;
  }

  private add(route: string, scopes: readonly Scope[]): void {
    if (!route.includes('{')) {
      this.literal.set(route, scopes);
      return;
    }
    const source = route.replace(/\./g, '\\.').replace(/\{\w+\}/g, SEGMENT);
    // A segment of dots only would climb to another route once an upstream normalises the path.
    this.patterns.push({ pattern: new RegExp(`^(?!.*/\\.+(/|$))${source}$`), scopes });
  }
}
