import { z } from 'zod';

/** MLflow writes 64-bit integers as numbers or as strings, by version. */
const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
const id = z.union([z.int(), z.string()]).transform(String);
const pairs = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);
/** What JSON has no numbers for comes as text. */
const metricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).default(0);

export const experimentSchema = z.object({
  experiment_id: id,
  name: z.string(),
  lifecycle_stage: z.string().default('active'),
  tags: pairs,
});

export const metricSchema = z.object({
  key: z.string(),
  value: metricValue,
  timestamp: integer.default(0),
  step: integer.default(0),
});

const datasetInput = z.object({
  tags: pairs,
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z.string().default(''),
    source: z.string().default(''),
    schema: z.string().optional(),
    profile: z.string().optional(),
  }),
});

export const runSchema = z.object({
  info: z.object({
    run_id: z.string().min(1),
    run_name: z.string().default(''),
    experiment_id: id,
    user_id: z.string().default(''),
    status: z.string().default('RUNNING'),
    start_time: integer.optional(),
    end_time: integer.optional(),
    artifact_uri: z.string().default(''),
    lifecycle_stage: z.string().default('active'),
  }),
  data: z
    // Of each metric, the last point.
    .object({ metrics: z.array(metricSchema).default([]), params: pairs, tags: pairs })
    .default({ metrics: [], params: [], tags: [] }),
  inputs: z
    .object({
      dataset_inputs: z.array(datasetInput).default([]),
      model_inputs: z.array(z.object({ model_id: z.string() })).default([]),
    })
    .default({ dataset_inputs: [], model_inputs: [] }),
  outputs: z
    .object({
      model_outputs: z.array(z.object({ model_id: z.string(), step: integer.default(0) })).default([]),
    })
    .default({ model_outputs: [] }),
});

const modelMetric = metricSchema.extend({
  run_id: z.string().optional(),
  dataset_name: z.string().optional(),
  dataset_digest: z.string().optional(),
});

/** A model of MLflow 3 as it was logged, before or without being registered. */
export const loggedModelSchema = z.object({
  info: z.object({
    model_id: z.string().min(1),
    experiment_id: id,
    name: z.string().default(''),
    artifact_uri: z.string().default(''),
    status: z.string().default('LOGGED_MODEL_READY'),
    model_type: z.string().default(''),
    source_run_id: z.string().default(''),
    tags: pairs,
  }),
  data: z
    .object({ params: pairs, metrics: z.array(modelMetric).default([]) })
    .default({ params: [], metrics: [] }),
});

export const modelVersionSchema = z.object({
  name: z.string().min(1),
  version: id,
  description: z.string().default(''),
  source: z.string().default(''),
  run_id: z.string().default(''),
  run_link: z.string().default(''),
  current_stage: z.string().default('None'),
  tags: pairs,
});

export const registeredModelSchema = z.object({
  name: z.string().min(1),
  description: z.string().default(''),
  tags: pairs,
  aliases: z.array(z.object({ alias: z.string(), version: id })).default([]),
});

export type KeyValue = z.output<typeof pairs>[number];
export type ExperimentRecord = z.output<typeof experimentSchema>;
export type RunRecord = z.output<typeof runSchema>;
export type MetricRecord = z.output<typeof metricSchema>;
export type LoggedModelRecord = z.output<typeof loggedModelSchema>;
export type ModelVersionRecord = z.output<typeof modelVersionSchema>;
export type RegisteredModelRecord = z.output<typeof registeredModelSchema>;

export function isDeleted(stage: string): boolean {
  return stage.toLowerCase() === 'deleted';
}

export function tagOf(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

/** Prompts are kept as registered models with this tag. */
export function isPrompt(tags: readonly KeyValue[]): boolean {
  return tagOf(tags, 'mlflow.prompt.is_prompt')?.toLowerCase() === 'true';
}
