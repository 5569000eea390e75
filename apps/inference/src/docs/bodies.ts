import type { JsonSchema } from '@tidegate/api-docs';

const rows: JsonSchema = { type: 'array' };

/** Body of `POST /predict`. */
export const PREDICT_BODY: JsonSchema = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      description: 'Comes back, and is part of the ids in the prediction log; without it the request id',
    },
    model: { type: 'string', description: 'digits or digits@production; without it the first one of MODELS' },
    instances: {
      type: 'array',
      minItems: 1,
      description: 'What the model has for a row: an array, or an object with a field for each input',
    },
  },
  required: ['instances'],
  additionalProperties: false,
};

export const PREDICT_ANSWER: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    predictions: { type: 'array' },
    model: {
      type: 'object',
      properties: { name: { type: 'string' }, version: { type: 'string' }, alias: { type: 'string' } },
      required: ['name', 'version'],
    },
  },
  required: ['id', 'predictions', 'model'],
};

/** Body of `POST /invocations`: exactly one of these. */
export const INVOCATIONS_BODY: JsonSchema = {
  type: 'object',
  properties: {
    dataframe_split: {
      type: 'object',
      properties: { index: rows, columns: rows, data: rows },
      required: ['columns', 'data'],
    },
    dataframe_records: rows,
    instances: {},
    inputs: {},
    params: { type: 'object' },
  },
};

const tensor: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    datatype: { type: 'string', description: 'FP32, INT64, BYTES …' },
    parameters: { type: 'object' },
    data: { type: 'array', description: 'Nested or flat; not with binary_data_size' },
  },
  required: ['name', 'shape', 'datatype'],
};

export const INFER_BODY: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    parameters: { type: 'object' },
    inputs: { type: 'array', items: tensor },
    outputs: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, parameters: { type: 'object' } },
        required: ['name'],
      },
    },
  },
  required: ['inputs'],
};

export const INFER_ANSWER: JsonSchema = {
  type: 'object',
  properties: {
    model_name: { type: 'string' },
    model_version: { type: 'string' },
    id: { type: 'string' },
    outputs: { type: 'array', items: tensor },
  },
  required: ['model_name', 'outputs'],
};

export const INDEX_BODY: JsonSchema = { type: 'object', properties: { ready: { type: 'boolean' } } };
