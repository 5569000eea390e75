import { checkMessage, type FieldRules, type TextRule } from './field-rules';
import { parseJsonObject } from './json-body';
import * as texts from './mlflow-texts';

/** Fields that mean the same in every message of MLflow. */
const COMMON: FieldRules = new Map([
  ...['run_id', 'run_uuid', 'run_ids', 'source_run_id'].map((name) => [name, texts.id] as const),
  ...['experiment_id', 'experiment_ids', 'model_id'].map((name) => [name, texts.id] as const),
  ...['trace_id', 'trace_ids', 'request_id', 'request_ids'].map((name) => [name, texts.id] as const),
  ...['path', 'artifact_path', 'artifact_directory_path'].map((name) => [name, texts.relativePath] as const),
  ['artifact_location', texts.artifactLocation],
]);

/** The description of a model that `runs/log-model` carries as JSON text. */
const MODEL_DESCRIPTION: FieldRules = new Map([
  ['run_id', texts.id],
  ['model_id', texts.id],
  ['artifact_path', texts.modelPath],
]);

const modelDescription: TextRule = {
  expected: 'the JSON text of an object',
  accepts: (text) => {
    checkMessage(parseJsonObject(text, '"model_json"'), MODEL_DESCRIPTION, 'model_json.');
    return true;
  },
};

const RUNS: FieldRules = new Map([
  ...COMMON,
  ['metrics', { fields: COMMON }],
  ['models', { fields: COMMON }],
  ['model_json', modelDescription],
]);

const REGISTRY: FieldRules = new Map([
  ...COMMON,
  ['name', texts.modelName],
  ['new_name', texts.modelName],
  ['version', texts.modelVersion],
  ['alias', texts.alias],
  ['source', texts.modelSource],
]);

const LOCATION = { fields: new Map([['mlflow_experiment', { fields: COMMON }]]) };
const TRACE_INFO: FieldRules = new Map([
  ...COMMON,
  ['trace_location', LOCATION],
  ['assessments', { fields: COMMON }],
  ['tags', { keys: texts.traceTag }],
]);
/** `tags` are a list of keys and values in API 2.0, and a map in the `trace_info` of API 3.0. */
const TRACES: FieldRules = new Map([
  ...COMMON,
  ['key', texts.traceTag],
  ['tags', { fields: new Map([['key', texts.traceTag]]) }],
  ['trace', { fields: new Map([['trace_info', { fields: TRACE_INFO }]]) }],
  ['locations', LOCATION],
  ['assessment', { fields: COMMON }],
  ['prompt_versions', { fields: REGISTRY }],
]);

const UPLOAD: FieldRules = new Map([...COMMON, ['path', texts.callersFile]]);

const FAMILIES: Readonly<Record<string, FieldRules>> = {
  runs: RUNS,
  'registered-models': REGISTRY,
  'model-versions': REGISTRY,
  traces: TRACES,
  mpu: UPLOAD,
};

/** The rules for routes of one family: the first segment of their path, such as `runs`. */
export function fieldRulesOf(family: string): FieldRules {
  return FAMILIES[family] ?? COMMON;
}
