import type { Scenario } from '../scenario';

const RUN_ID = '8f1c2ad1cb2d4c7e9a3f5b6c7d8e9f00';
const JSON_CONTENT = { 'content-type': 'application/json' };

/** Nothing to read but the query, which is checked. */
export const GET_RUN: Scenario = {
  label: 'GET runs/get',
  method: 'GET',
  path: `/api/mlflow/api/2.0/mlflow/runs/get?run_id=${RUN_ID}`,
  headers: {},
};

/** The gateway reads the body, checks its values and writes an audit line. */
const LOG_METRIC: Scenario = {
  label: 'POST runs/log-metric',
  method: 'POST',
  path: '/api/mlflow/api/2.0/mlflow/runs/log-metric',
  body: JSON.stringify({
    run_id: RUN_ID,
    key: 'loss',
    value: 0.25,
    timestamp: 1_764_000_000_000,
    step: 12,
  }),
  headers: JSON_CONTENT,
};

/** Nobody looks at the body of a key that is not limited to models. */
const PREDICT: Scenario = {
  label: 'POST predict',
  method: 'POST',
  path: '/api/inference/predict',
  body: JSON.stringify({ model: 'digits', inputs: [Array.from({ length: 16 }, (_, at) => at / 16)] }),
  headers: JSON_CONTENT,
};

export const SCENARIOS: readonly Scenario[] = [GET_RUN, LOG_METRIC, PREDICT];
