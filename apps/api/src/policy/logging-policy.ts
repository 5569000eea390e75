import { appRoute } from './app-route';
import { RouteTable, type RouteMatch, type RoutePolicy, type RouteRows } from './route-table';

/** What may reach the prediction log. */
export const LOGGING_ROUTES: RouteRows = [
  [['log:write'], ['POST log']],
  [['log:read'], ['GET predictions', 'GET predictions/{id}', 'GET stats']],
  [['feedback:write'], ['POST feedback']],
];

/** Feedback names a prediction, not a model: nobody can tell here which model it is about. */
const CLOSED_TO_LIMITED_KEYS: ReadonlySet<string> = new Set(['POST feedback']);

const table = new RouteTable(LOGGING_ROUTES);

/** The app knows the model of every event, so it leaves out and rejects what a key limited to models is not made for. */
export const loggingPolicy: RoutePolicy = {
  match(method: string, path: string): RouteMatch | undefined {
    const row = table.find(method, path);
    return row && { ...appRoute(row, path), isLimitedByUpstream: !CLOSED_TO_LIMITED_KEYS.has(row.route) };
  },
};
