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
      'GET v2/models/{model_selector}',
      'GET v2/models/{model_selector}/ready',
      'POST v2/models/{model_selector}/infer',
      'GET v2/models/{model_selector}/versions/{version}',
      'GET v2/models/{model_selector}/versions/{version}/ready',
      'POST v2/models/{model_selector}/versions/{version}/infer',
      'POST v2/repository/index',
    ],
  ],
];

/** Not about one model: the app leaves out what the key is not made for. */
const ABOUT_NO_MODEL: ReadonlySet<string> = new Set([
  'GET models',
  'GET v2',
  'GET v2/health/live',
  'GET v2/health/ready',
  'POST v2/repository/index',
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
  const selector = parameters?.['model_selector'];
  if (selector !== undefined) return { check: () => ({ models: [selector.replace(/(?:@|%40).*$/, '')] }) };
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
