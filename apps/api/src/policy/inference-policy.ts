import { appRoute } from './app-route';
import { parseJsonBody } from './json-body';
import { RouteTable, type FoundRow, type RouteMatch, type RoutePolicy, type RouteRows } from './route-table';

/** What may reach inference: predictions and what they need. Probes and metrics of the app stay inside. */
export const INFERENCE_ROUTES: RouteRows = [
  [
    ['predict'],
    [
      'POST predict',
      'POST invocations',
      'GET models',
      'GET v2',
      'GET v2/health/live',
      'GET v2/health/ready',
      'GET v2/models/{model}',
      'GET v2/models/{model}/ready',
      'POST v2/models/{model}/infer',
      'GET v2/models/{model}/versions/{version}',
      'GET v2/models/{model}/versions/{version}/ready',
      'POST v2/models/{model}/versions/{version}/infer',
    ],
  ],
];

/** Not about one model: the app leaves out what the key is not made for. */
const ABOUT_NO_MODEL: ReadonlySet<string> = new Set([
  'GET models',
  'GET v2',
  'GET v2/health/live',
  'GET v2/health/ready',
]);

const table = new RouteTable(INFERENCE_ROUTES);

export const inferencePolicy: RoutePolicy = {
  match(method: string, path: string): RouteMatch | undefined {
    const row = table.find(method, path);
    return row && { ...appRoute(row, path), ...modelRules(row) };
  },
};

/**
 * How a route names its model. A body is looked into only for keys that are limited to models: reading it first costs
 * time. `POST invocations` never names one, so it is closed to such keys.
 */
function modelRules({ route, parameters }: FoundRow): Partial<RouteMatch> {
  if (ABOUT_NO_MODEL.has(route)) return { isLimitedByUpstream: true };
  const model = parameters?.['model'];
  if (model !== undefined) return { check: () => ({ models: [model] }) };
  if (route !== 'POST predict') return {};
  return {
    checksBodyOfLimited: true,
    check: (_query, body) => (body === undefined ? {} : { models: modelOf(body) }),
  };
}

/** `digits` of `digits`, `digits@production` and `digits/3`; inference serves no model whose name has these characters. */
function modelOf(body: Buffer): string[] | undefined {
  const { model } = parseJsonBody(body);
  return typeof model === 'string' ? [model.replace(/[@/].*$/s, '')] : undefined;
}
