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

/** Settings that make one value together; see {@link Choice}. */
export interface Form<T> {
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Called when every field of the form was fine. */
  readonly toValue: (values: Readonly<Record<string, unknown>>) => T;
}

/** One value that can be given in several forms; exactly one of them may be set. */
export interface Choice<T> {
  readonly forms: readonly Form<T>[];
  /** One sentence for the configuration reference. */
  readonly description: string;
}

/** One form of a {@link Choice}, with the types of its fields. */
export function form<F extends Readonly<Record<string, Field<unknown>>>, T>(
  fields: F,
  toValue: (values: { readonly [K in keyof F]: F[K] extends Field<infer V> ? V : never }) => T,
): Form<T> {
  return { fields, toValue: toValue as Form<T>['toValue'] };
}
