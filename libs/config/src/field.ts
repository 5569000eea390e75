import type { z } from 'zod';

/** One setting: where it is read from, what it must look like, what it is for. */
export interface Field<T> {
  /** Name of the environment variable. */
  readonly variable: string;
  readonly schema: z.ZodType<T>;
  /** One sentence for the configuration reference. */
  readonly description: string;
  /** A secret is never echoed in a problem and may also come from the file named by `<variable>_FILE`. */
  readonly isSecret: boolean;
}

/** A plain setting, read from the environment variable `variable`. */
export function setting<T>(variable: string, schema: z.ZodType<T>, description: string): Field<T> {
  return { variable, schema, description, isSecret: false };
}

/** A setting whose value must never be shown; see {@link Field.isSecret}. */
export function secret<T>(variable: string, schema: z.ZodType<T>, description: string): Field<T> {
  return { variable, schema, description, isSecret: true };
}
