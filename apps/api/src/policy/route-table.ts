import type { IncomingHttpHeaders } from 'node:http';
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
  /** A `stream` that is read whole and checked all the same when the key is limited to models. */
  readonly checksBodyOfLimited?: boolean;
  /** The upstream is told the models a key is limited to and leaves out the others itself. */
  readonly isLimitedByUpstream?: boolean;
  /**
   * Checks the values of a request.
   *
   * @param query as it came, without the question mark
   * @param body whole, when it was read
   * @throws ProblemError when a value may not reach the upstream
   */
  check(query: string, body: Buffer | undefined, headers: IncomingHttpHeaders): RequestSubject;
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

/**
 * Rows of a policy: the scopes a route needs → `METHOD path`. In the path, `{name}` stands for one segment, `{name_key}`
 * for a segment that may also hold colons and escaped spaces, `{name_selector}` for one that may also hold `@`, escaped or
 * not, `{name_path}` for the whole rest.
 */
export type RouteRows = readonly (readonly [scopes: readonly Scope[], routes: readonly string[]])[];

/** One listed route. */
export interface TableRow {
  /** As listed, `METHOD path`. */
  readonly route: string;
  readonly scopes: readonly Scope[];
}

/** A row and what the path of a request has in the places of its names, still percent-encoded. */
export interface FoundRow extends TableRow {
  readonly parameters?: Readonly<Record<string, string>>;
}

const SEGMENT = '[A-Za-z0-9._~-]+';
const KEY = '(?:[A-Za-z0-9._~:-]|%20)+';
const SELECTOR = '(?:[A-Za-z0-9._~@-]|%40)+';
const REST = '[!-~]+';

/** Compiles rows for fast look-up: literal routes by map, the few with `{name}` by pattern. */
export class RouteTable {
  private readonly literal = new Map<string, TableRow>();
  /** By method and first segment. */
  private readonly patterns = new Map<string, { readonly pattern: RegExp; readonly row: TableRow }[]>();

  constructor(rows: RouteRows) {
    for (const [scopes, routes] of rows) for (const route of routes) this.add(route, scopes);
  }

  /** The row for `METHOD path`, or undefined when the table does not list it. */
  find(method: string, path: string): FoundRow | undefined {
    const route = `${method} ${path}`;
    const row = this.literal.get(route);
    if (row) return row;
    for (const { pattern, row } of this.patterns.get(firstSegment(route)) ?? []) {
      const found = pattern.exec(route);
      if (found) return { ...row, parameters: found.groups };
    }
    return undefined;
  }

  private add(route: string, scopes: readonly Scope[]): void {
    const row = { route, scopes };
    if (!route.includes('{')) {
      this.literal.set(route, row);
      return;
    }
    const source = route.replace(/\./g, '\\.').replace(/\{(\w+)\}/g, (_, name: string) => {
      if (name.endsWith('_path')) return `(?<${name}>${REST})`;
      if (name.endsWith('_selector')) return `(?<${name}>${SELECTOR})`;
      return `(?<${name}>${name.endsWith('_key') ? KEY : SEGMENT})`;
    });
    // A segment of dots only would climb to another route once an upstream normalises the path.
    const pattern = new RegExp(`^(?!.*/\\.+(/|$))${source}$`);
    const bucket = firstSegment(route);
    this.patterns.set(bucket, [...(this.patterns.get(bucket) ?? []), { pattern, row }]);
  }
}

/** `GET a` of `GET a/b/c`. */
function firstSegment(route: string): string {
  const slash = route.indexOf('/');
  return slash < 0 ? route : route.slice(0, slash);
}
