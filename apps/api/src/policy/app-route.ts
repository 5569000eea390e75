import type { RouteMatch, TableRow } from './route-table';

/** A route of one of our own apps: same path there, and bodies stream, since the app checks them itself. */
export function appRoute({ route, scopes }: TableRow, path: string): RouteMatch {
  return {
    route,
    scopes,
    upstreamPath: `/${path}`,
    // Predictions and log entries are what these services are for, not changes somebody has to account for.
    isWrite: false,
    body: 'stream',
    check: () => ({}),
  };
}
