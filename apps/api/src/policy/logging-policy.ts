import { appRoute } from './app-route';
import { RouteTable, type RouteMatch, type RoutePolicy, type RouteRows } from './route-table';

/** What may reach the prediction log. */
export const LOGGING_ROUTES: RouteRows = [
  [['log:write'], ['POST log']],
  [['log:read'], ['GET predictions', 'GET predictions/{id}', 'GET stats', 'GET drift']],
  [['feedback:write'], ['POST feedback']],
  [['log:delete'], ['DELETE predictions']],
];

/** Predictions and feedback are what the log is for; that somebody deleted some is to be accounted for. */
const AUDITED: ReadonlySet<string> = new Set(['DELETE predictions']);

const table = new RouteTable(LOGGING_ROUTES);

/**
 * The app knows the model of every event and of the prediction that feedback is about, so it leaves out and rejects what a
 * key limited to models is not made for.
 */
export const loggingPolicy: RoutePolicy = {
  match(method: string, path: string): RouteMatch | undefined {
    const row = table.find(method, path);
    return row && { ...appRoute(row, path), isWrite: AUDITED.has(row.route), isLimitedByUpstream: true };
  },
};
