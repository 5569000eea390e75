import { RouteTable, type RouteMatch, type RoutePolicy, type RouteRows } from './route-table';

/** What may reach inference; probes and metrics of the app stay inside. */
export const inferencePolicy = appPolicy([[['predict'], ['POST predict', 'GET models']]]);

/** What may reach the prediction log. */
export const loggingPolicy = appPolicy([
  [['log:write'], ['POST log']],
  [['log:read'], ['GET predictions', 'GET predictions/{id}', 'GET stats']],
]);

function appPolicy(rows: RouteRows): RoutePolicy {
  const table = new RouteTable(rows);
  return {
    match(method: string, path: string): RouteMatch | undefined {
      const row = table.find(method, path);
      return (
        row && {
          ...row,
          upstreamPath: `/${path}`,
          // Predictions and log entries are what these services are for, not changes somebody has to account for.
          isWrite: false,
          body: 'stream',
          check: () => ({}),
        }
      );
    },
  };
}
