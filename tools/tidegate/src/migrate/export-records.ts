import { z } from 'zod';
import {
  experimentSchema,
  loggedModelSchema,
  modelVersionSchema,
  registeredModelSchema,
  runSchema,
} from './mlflow-records';

/** Value, time in milliseconds, step: 10,000 points are 400 kB. */
const point = z.tuple([z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]), z.int(), z.int()]);
export type MetricPoint = z.output<typeof point>;

/** A line of `experiments/<id>.ndjson`: a run's metrics follow it, and `end` follows them. */
export const experimentLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('experiment'), experiment: experimentSchema }),
  z.object({ kind: z.literal('model'), model: loggedModelSchema }),
  z.object({ kind: z.literal('run'), run: runSchema }),
  z.object({ kind: z.literal('metrics'), key: z.string(), points: z.array(point) }),
  z.object({ kind: z.literal('end'), runId: z.string() }),
]);
export type ExperimentLine = z.output<typeof experimentLineSchema>;

/** A line of `registered-models.ndjson`. */
export const registeredModelLineSchema = z.object({
  model: registeredModelSchema,
  versions: z.array(
    modelVersionSchema.extend({
      /** Where the files were; unlike `source` never another version. */
      storage_uri: z.string().default(''),
    }),
  ),
});
export type RegisteredModelLine = z.output<typeof registeredModelLineSchema>;
export type ExportedVersion = RegisteredModelLine['versions'][number];

/** `export.json`: what the folder is. */
export const exportDescriptionSchema = z.object({
  format: z.literal(1),
  /** The server's address. */
  from: z.string(),
  mlflowVersion: z.string(),
  skipsDeleted: z.boolean(),
  isComplete: z.boolean(),
});
export type ExportDescription = z.output<typeof exportDescriptionSchema>;

/** `artifacts/<runs or models>/<id>.json`: every file of the folder `<id>` beside it. */
export const manifestSchema = z.object({
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int(), sha256: z.string() })),
});
export type ArtifactManifest = z.output<typeof manifestSchema>;
