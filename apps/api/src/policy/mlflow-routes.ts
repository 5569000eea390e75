import type { RouteRows } from './route-table';

/**
 * Routes below `/api/2.0/mlflow/`, the same below 3.0 and below `/ajax-api/`: what the MLflow client needs for tracking,
 * registry and traces. What a run holds comes with the run, so `runs:read` shows its parameters, tags and last metrics,
 * too, and `experiments:read` the tags of an experiment; no route reads parameters or tags alone.
 */
export const TRACKING_ROUTES: RouteRows = [
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
  [['artifacts:read'], ['GET artifacts/list', 'GET logged-models/{model_id}/artifacts/directories']],
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
      'GET logged-models/{model_id}',
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
      'PATCH logged-models/{model_id}',
      'DELETE logged-models/{model_id}',
      'POST logged-models/{model_id}/params',
      'PATCH logged-models/{model_id}/tags',
      'DELETE logged-models/{model_id}/tags/{tag_key}',
    ],
  ],
  [
    ['traces:read'],
    [
      'GET traces',
      'GET traces/{trace_id}',
      'GET traces/{trace_id}/info',
      'GET traces/get',
      'GET traces/batchGet',
      'POST traces/batchGetInfos',
      'POST traces/search',
      'POST traces/metrics',
      'POST traces/calculate-filter-correlation',
      'GET traces/{trace_id}/assessments/{assessment_id}',
    ],
  ],
  [
    ['traces:write'],
    [
      'POST traces',
      'PATCH traces/{trace_id}',
      'PATCH traces/{trace_id}/tags',
      'DELETE traces/{trace_id}/tags',
      'POST traces/delete-traces',
      'POST traces/link-to-run',
      'POST traces/link-prompts',
      'POST traces/{trace_id}/assessments',
      'PATCH traces/{trace_id}/assessments/{assessment_id}',
      'DELETE traces/{trace_id}/assessments/{assessment_id}',
    ],
  ],
];

/** Routes below `/api/2.0/mlflow-artifacts/`, in the same places. */
export const ARTIFACT_ROUTES: RouteRows = [
  [['artifacts:read'], ['GET artifacts', 'GET artifacts/{artifact_path}', 'GET presigned/{artifact_path}']],
  [
    ['artifacts:write'],
    [
      'PUT artifacts/{artifact_path}',
      'POST mpu/create/{artifact_path}',
      'POST mpu/complete/{artifact_path}',
      'POST mpu/abort/{artifact_path}',
    ],
  ],
  [['artifacts:delete'], ['DELETE artifacts/{artifact_path}']],
];

/** Routes in the root of the server. The client sends spans to `v1/traces`. */
export const SERVER_ROUTES: RouteRows = [
  [[], ['GET health', 'GET version']],
  [['traces:write'], ['POST v1/traces']],
];
