import { z } from 'zod';

/** MLflow writes 64-bit integers as numbers or as strings, by version. */
const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

const keyValuePairs = z
  .array(z.object({ key: z.string(), value: z.string().default('') }))
  .default([])
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

const modelVersion = z
  .object({
    name: z.string().min(1),
    version: z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String),
    status: z.string().default('READY'),
    status_message: z.string().optional(),
    source: z.string().optional(),
    run_id: z.string().optional(),
    current_stage: z.string().default('None'),
    aliases: z.array(z.string()).default([]),
    tags: keyValuePairs,
    creation_timestamp: integer.optional(),
    last_updated_timestamp: integer.optional(),
  })
  .transform((answer) => ({
    name: answer.name,
    /** A positive whole number as text. */
    version: answer.version,
    /** `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`. */
    status: answer.status,
    statusMessage: answer.status_message,
    /** What was registered; ask `getDownloadUri` where the files are. */
    source: answer.source,
    runId: answer.run_id,
    /** `None`, `Staging`, `Production` or `Archived`. */
    stage: answer.current_stage,
    /** Empty in the answers of searches, whatever the aliases are. */
    aliases: answer.aliases,
    tags: answer.tags,
    createdAtMs: answer.creation_timestamp,
    updatedAtMs: answer.last_updated_timestamp,
  }));

const registeredModel = z
  .object({
    name: z.string().min(1),
    aliases: z
      .array(z.object({ alias: z.string(), version: z.union([z.int(), z.string()]).transform(String) }))
      .default([]),
    latest_versions: z.array(modelVersion).default([]),
  })
  .transform((answer) => ({
    name: answer.name,
    aliases: answer.aliases,
    /** The highest version of each stage. */
    latestVersions: answer.latest_versions,
  }));

const experiment = z
  .object({
    experiment_id: z.union([z.int(), z.string()]).transform(String),
    name: z.string(),
    artifact_location: z.string().default(''),
    lifecycle_stage: z.string().default('active'),
  })
  .transform((answer) => ({
    id: answer.experiment_id,
    name: answer.name,
    artifactLocation: answer.artifact_location,
    lifecycleStage: answer.lifecycle_stage,
  }));

export type ModelVersion = z.output<typeof modelVersion>;
export type RegisteredModel = z.output<typeof registeredModel>;
export type Experiment = z.output<typeof experiment>;

export const oneModelVersion = z.object({ model_version: modelVersion });
export const manyModelVersions = z.object({ model_versions: z.array(modelVersion).default([]) });
export const oneRegisteredModel = z.object({ registered_model: registeredModel });
export const manyRegisteredModels = z.object({
  registered_models: z.array(registeredModel).default([]),
  next_page_token: z.string().optional(),
});
export const manyExperiments = z.object({
  experiments: z.array(experiment).default([]),
  next_page_token: z.string().optional(),
});
export const downloadLocation = z.object({ artifact_uri: z.string().min(1) });
export const artifactListing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer.optional() }))
    .default([]),
});

const run = z
  .object({
    info: z.object({ run_id: z.string().min(1), artifact_uri: z.string().optional() }),
    data: z.object({ metrics: z.array(z.object({ key: z.string() })).default([]) }).default({ metrics: [] }),
  })
  .transform((answer) => ({
    id: answer.info.run_id,
    artifactUri: answer.info.artifact_uri,
    /** Names of the metrics that have a value. */
    metricKeys: answer.data.metrics.map(({ key }) => key),
  }));

export type Run = z.output<typeof run>;

export const oneRun = z.object({ run });
export const oneLoggedModel = z.object({
  model: z.object({ info: z.object({ artifact_uri: z.string().min(1) }) }),
});
export const manyRuns = z.object({ runs: z.array(run).default([]), next_page_token: z.string().optional() });
