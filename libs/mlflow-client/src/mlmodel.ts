import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { MlflowError } from './mlflow-error';

const tensorField = z
  .object({
    type: z.literal('tensor'),
    name: z.string().optional(),
    'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.int()) }),
  })
  .transform(({ name, 'tensor-spec': { dtype, shape } }) => ({
    kind: 'tensor' as const,
    name,
    /** NumPy's name, such as `float32`. */
    dtype,
    /** -1 is any length. */
    shape,
  }));

const columnField = z
  .looseObject({
    type: z.string().refine((type) => type !== 'tensor'),
    name: z.string().optional(),
    required: z.boolean().optional(),
    optional: z.boolean().optional(),
  })
  .transform((definition) => ({
    kind: 'column' as const,
    name: definition.name,
    /** `boolean`, `integer`, `long`, `float`, `double`, `string`, `binary`, `datetime`, `array`, `object`, `map`, `any`. */
    type: definition.type,
    /** MLflow before 2.6 wrote `optional` instead. */
    required: definition.required ?? !(definition.optional ?? false),
    /** As MLflow wrote it: `items`, `properties` and `values` of nested types. */
    definition,
  }));

const signatureField = z.union([tensorField, columnField]);

const signatureParameter = z
  .object({ name: z.string(), type: z.string(), default: z.unknown(), shape: z.array(z.int()).nullish() })
  .transform(({ shape, ...parameter }) => ({ ...parameter, shape: shape ?? undefined }));

/** JSON inside YAML: `inputs: '[{"type": …}]'`; null when there are none. */
function embeddedJson<Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema>[]> {
  return z
    .string()
    .nullish()
    .transform((text, context): unknown => {
      try {
        return text === null || text === undefined ? [] : JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'Invalid input: expected JSON text' });
        return z.NEVER;
      }
    })
    .pipe(z.array(schema));
}

/** Whoever logged the model chose the path: it must not lead out of the model's folder. */
const pathInFolder = z
  .string()
  .refine(
    (path) => !/^\/|\\|^[a-z]:/i.test(path) && !path.split('/').includes('..'),
    'expected a path in the model folder',
  );

const mlmodelSchema = z
  .object({
    flavors: z.record(z.string(), z.record(z.string(), z.unknown())),
    signature: z
      .object({
        inputs: embeddedJson(signatureField),
        outputs: embeddedJson(signatureField),
        params: embeddedJson(signatureParameter),
      })
      .nullish(),
    model_uuid: z.string().nullish(),
    mlflow_version: z.string().nullish(),
    saved_input_example_info: z
      .object({
        artifact_path: pathInFolder,
        serving_input_path: pathInFolder.nullish(),
        type: z.string(),
        pandas_orient: z.string().nullish(),
      })
      .nullish(),
  })
  .transform((file) => ({
    /** By name: `onnx`, `python_function`, … with the settings of each. */
    flavors: file.flavors,
    /** Missing when the model was logged without one. */
    signature: file.signature ?? undefined,
    modelUuid: file.model_uuid ?? undefined,
    mlflowVersion: file.mlflow_version ?? undefined,
    inputExample: file.saved_input_example_info
      ? {
          /** File in the model's folder. */
          path: file.saved_input_example_info.artifact_path,
          /** The same as a body for `/invocations`, since MLflow 2.16. */
          servingInputPath: file.saved_input_example_info.serving_input_path ?? undefined,
          /** `ndarray`, `dataframe`, `json_object`, `sparse_matrix_csc` or `sparse_matrix_csr`. */
          type: file.saved_input_example_info.type,
          pandasOrient: file.saved_input_example_info.pandas_orient ?? undefined,
        }
      : undefined,
  }));

/** What the file `MLmodel` says about a model. */
export type Mlmodel = z.output<typeof mlmodelSchema>;
export type SignatureField = z.output<typeof signatureField>;
export type SignatureParameter = z.output<typeof signatureParameter>;

/** Reads the file `MLmodel` of a model's folder. @throws MlflowError `MLMODEL_INVALID`, also when it is missing. */
export async function readMlmodel(modelFolder: string): Promise<Mlmodel> {
  const text = await readFile(join(modelFolder, 'MLmodel'), 'utf8').catch((cause: unknown) => {
    throw new MlflowError('MLMODEL_INVALID', 'The model folder has no readable MLmodel file.', {
      remedy: 'Register the folder of a model that was logged with MLflow, not a single file.',
      cause,
    });
  });
  return parseMlmodel(text);
}

/** @throws MlflowError `MLMODEL_INVALID` that names the fields in question. */
export function parseMlmodel(text: string): Mlmodel {
  const parsed = mlmodelSchema.safeParse(yamlValue(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new MlflowError('MLMODEL_INVALID', `The MLmodel file is not valid (${problems.join('; ')}).`);
}

function yamlValue(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new MlflowError('MLMODEL_INVALID', 'The MLmodel file is not YAML.', { cause });
  }
}
