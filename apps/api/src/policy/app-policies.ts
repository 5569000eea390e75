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
      const scopes = table.scopesOf(method, path);
      return scopes && { scopes, upstreamPath: `/${path}` };
    },
  };
}
