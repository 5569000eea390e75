import type { Scope } from '@tidegate/api-keys';
import { checkQuery, checkMessage, type FieldRules } from './field-rules';
import { parseJsonBody } from './json-body';
import { fieldRulesOf } from './mlflow-fields';
import { ARTIFACT_ROUTES, SERVER_ROUTES, TRACKING_ROUTES } from './mlflow-routes';
import { requestSubject } from './mlflow-subject';
import { checkOtlpSpans } from './otlp-spans';
import { queryFields, type QueryFields } from './query-fields';
import {
  RouteTable,
  type FoundRow,
  type RequestSubject,
  type RouteMatch,
  type RoutePolicy,
} from './route-table';

const tracking = new RouteTable(TRACKING_ROUTES);
const artifacts = new RouteTable(ARTIFACT_ROUTES);
const server = new RouteTable(SERVER_ROUTES);

/** What is the same for every request of a route. */
interface RouteTraits {
  readonly isWrite: boolean;
  readonly isRead: boolean;
  readonly body: 'json' | 'stream';
  readonly rules: FieldRules;
  /** Whether it names registered models; a search answers for all of them at once. */
  readonly isAboutModels: boolean;
}

const REGISTRY_FAMILIES = ['registered-models', 'model-versions'];
const traitsByRoute: ReadonlyMap<string, RouteTraits> = new Map(
  [...TRACKING_ROUTES, ...ARTIFACT_ROUTES, ...SERVER_ROUTES].flatMap(([scopes, routes]) =>
    routes.map((route) => [route, traitsOf(route, scopes)] as const),
  ),
);

const API_ROOT = /^(?:api|ajax-api)\/[23]\.0\/(mlflow|mlflow-artifacts)\//;
const SPANS_ROUTE = 'POST v1/traces';

/**
 * What may reach MLflow. Short paths (`experiments/search`) mean `/api/2.0/mlflow/…`. Users, permissions, webhooks,
 * jobs, the AI gateway and whatever MLflow adds later are not listed, so they do not exist here.
 */
export const mlflowPolicy: RoutePolicy = {
  match(method: string, path: string): RouteMatch | undefined {
    const root = API_ROOT.exec(path);
    if (!root) return matchShortPath(method, path);
    const table = root[1] === 'mlflow' ? tracking : artifacts;
    const row = table.find(method, path.slice(root[0].length));
    return row && toMatch(row, `/${path}`);
  },
};

function matchShortPath(method: string, path: string): RouteMatch | undefined {
  const serverRow = server.find(method, path);
  if (serverRow) return toMatch(serverRow, `/${path}`);
  const row = tracking.find(method, path);
  return row && toMatch(row, `/api/2.0/mlflow/${path}`);
}

function toMatch({ route, scopes, parameters = {} }: FoundRow, upstreamPath: string): RouteMatch {
  const traits = traitsByRoute.get(route) ?? traitsOf(route, scopes);
  return {
    route,
    scopes,
    upstreamPath,
    isWrite: traits.isWrite,
    body: traits.body,
    check: (query, body, headers) => {
      const inQuery = queryFields(query);
      if (route !== SPANS_ROUTE) return checkValues(traits, Object.entries(parameters), inQuery, body);
      return requestSubject(checkOtlpSpans(body ?? Buffer.alloc(0), headers), false);
    },
  };
}

function checkValues(
  { rules, isRead, isAboutModels }: RouteTraits,
  inPath: QueryFields,
  inQuery: QueryFields,
  body: Buffer | undefined,
): RequestSubject {
  checkQuery(inPath, rules);
  checkQuery(inQuery, rules);
  if (isRead) return isAboutModels ? requestSubject([...inPath, ...inQuery], true) : {};
  const message = body === undefined ? {} : parseJsonBody(body);
  checkMessage(message, rules);
  // MLflow reads the query of GET requests only.
  return requestSubject([...inPath, ...Object.entries(message)], isAboutModels);
}

/** GET has no body, and what is uploaded is not looked at. */
function traitsOf(route: string, scopes: readonly Scope[]): RouteTraits {
  const [method, path = ''] = route.split(' ');
  const family = path.split('/')[0] ?? '';
  return {
    isWrite: scopes.some((scope) => !scope.endsWith(':read')),
    isRead: method === 'GET',
    body: method === 'GET' || method === 'PUT' ? 'stream' : 'json',
    rules: fieldRulesOf(family),
    isAboutModels: REGISTRY_FAMILIES.includes(family) && !path.endsWith('/search'),
  };
}
