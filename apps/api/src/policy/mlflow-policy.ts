import type { Scope } from '@tidegate/api-keys';
import { isSafeArtifactPath } from './artifact-path';
import { RouteTable, type RouteMatch, type RoutePolicy, type RouteRows, type TableRow } from './route-table';

/** Routes below `/api/2.0/mlflow/`, the same below 3.0 and below `/ajax-api/`. */
const TRACKING_AND_REGISTRY: RouteRows = [
  [[], ['GET server-info']],
  [
    ['experiments:read'],
    [
      'GET experiments/get',
      'GET experiments/get-by-name',
      'GET experiments/search',
      'POST experiments/search',
    ],
  ],
  [
    ['experiments:write'],
    [
      'POST experiments/create',
      'POST experiments/update',
      'POST experiments/delete',
      'POST experiments/restore',
    ],
  ],
  [['runs:read'], ['GET runs/get', 'POST runs/search', 'POST experiments/search-datasets']],
  [
    ['runs:write'],
    [
      'POST runs/create',
      'POST runs/update',
      'POST runs/delete',
      'POST runs/restore',
      'POST runs/log-inputs',
      'POST runs/outputs',
      'POST runs/log-model',
    ],
  ],
  [['metrics:read'], ['GET metrics/get-history', 'GET metrics/get-history-bulk-interval']],
  [['metrics:write'], ['POST runs/log-metric']],
  [['params:write'], ['POST runs/log-parameter']],
  [['metrics:write', 'params:write', 'tags:write'], ['POST runs/log-batch']],
  [
    ['tags:write'],
    [
      'POST runs/set-tag',
      'POST runs/delete-tag',
      'POST experiments/set-experiment-tag',
      'POST experiments/delete-experiment-tag',
    ],
  ],
  [['artifacts:read'], ['GET artifacts/list', 'GET logged-models/{id}/artifacts/directories']],
  [
    ['models:read'],
    [
      'GET registered-models/get',
      'GET registered-models/search',
      'GET registered-models/alias',
      'GET registered-models/get-latest-versions',
      'POST registered-models/get-latest-versions',
      'GET model-versions/get',
      'GET model-versions/search',
      'GET model-versions/get-download-uri',
      'GET logged-models/{id}',
      'POST logged-models/search',
    ],
  ],
  [
    ['models:write'],
    [
      'POST registered-models/create',
      'POST registered-models/rename',
      'PATCH registered-models/update',
      'DELETE registered-models/delete',
      'POST registered-models/set-tag',
      'DELETE registered-models/delete-tag',
      'POST registered-models/alias',
      'DELETE registered-models/alias',
      'POST model-versions/create',
      'PATCH model-versions/update',
      'POST model-versions/transition-stage',
      'DELETE model-versions/delete',
      'POST model-versions/set-tag',
      'DELETE model-versions/delete-tag',
      'POST logged-models',
      'PATCH logged-models/{id}',
      'DELETE logged-models/{id}',
      'POST logged-models/{id}/params',
      'PATCH logged-models/{id}/tags',
      'DELETE logged-models/{id}/tags/{key}',
    ],
  ],
  [
    ['traces:read'],
    [
      'GET traces',
      'GET traces/{id}',
      'GET traces/{id}/info',
      'GET traces/get',
      'GET traces/batchGet',
      'POST traces/batchGetInfos',
      'POST traces/search',
      'GET traces/{id}/assessments/{assessment}',
    ],
  ],
  [
    ['traces:write'],
    [
      'POST traces',
      'PATCH traces/{id}',
      'PATCH traces/{id}/tags',
      'DELETE traces/{id}/tags',
      'POST traces/delete-traces',
      'POST traces/link-to-run',
      'POST traces/{id}/assessments',
      'PATCH traces/{id}/assessments/{assessment}',
      'DELETE traces/{id}/assessments/{assessment}',
    ],
  ],
];

const tracking = new RouteTable(TRACKING_AND_REGISTRY);
const server = new RouteTable([[[], ['GET health', 'GET version']]]);

const API_ROOT = /^(api|ajax-api)\/[23]\.0\/(mlflow|mlflow-artifacts)\//;
const MULTIPART = /^mpu\/(create|complete|abort)\//;

const ARTIFACT_SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  GET: ['artifacts:read'],
  PUT: ['artifacts:write'],
  DELETE: ['artifacts:delete'],
};

/**
 * What may reach MLflow. Short paths (`experiments/search`) mean `/api/2.0/mlflow/…`. Users, permissions, webhooks,
 * jobs, the AI gateway and whatever MLflow adds later are not listed, so they do not exist here.
 */
export const mlflowPolicy: RoutePolicy = {
  match(method: string, path: string): RouteMatch | undefined {
    const root = API_ROOT.exec(path);
    if (!root) return matchShortPath(method, path);
    const rest = path.slice(root[0].length);
    const row = root[2] === 'mlflow' ? tracking.find(method, rest) : artifactRow(method, rest);
    return row && toMatch(row, `/${path}`);
  },
};

function matchShortPath(method: string, path: string): RouteMatch | undefined {
  const serverRow = server.find(method, path);
  if (serverRow) return toMatch(serverRow, `/${path}`);
  const row = tracking.find(method, path);
  return row && toMatch(row, `/api/2.0/mlflow/${path}`);
}

function toMatch({ route, scopes }: TableRow, upstreamPath: string): RouteMatch {
  const isWrite = scopes.some((scope) => !scope.endsWith(':read'));
  return { route, scopes, upstreamPath, isWrite, body: 'stream', check: () => ({}) };
}

function artifactRow(method: string, rest: string): TableRow | undefined {
  const scopes = artifactScopes(method, rest);
  return scopes && { route: `${method} mlflow-artifacts`, scopes };
}

function artifactScopes(method: string, rest: string): readonly Scope[] | undefined {
  if (rest === 'artifacts') return method === 'GET' ? ARTIFACT_SCOPES['GET'] : undefined;
  const upload = MULTIPART.exec(rest);
  if (upload)
    return method === 'POST' && isSafeArtifactPath(rest.slice(upload[0].length))
      ? ['artifacts:write']
      : undefined;
  if (!rest.startsWith('artifacts/') || !isSafeArtifactPath(rest.slice('artifacts/'.length)))
    return undefined;
  return ARTIFACT_SCOPES[method];
}
