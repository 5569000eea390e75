import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from './config-error';
import type { Field } from './field';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Fields = Readonly<Record<string, Field<unknown>>>;
export type ConfigOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/**
 * Reads every field from `environment` into one frozen, typed object. An empty variable counts as unset.
 *
 * @throws ConfigError listing every problem at once, as `VARIABLE: what was expected, what came`.
 */
export function loadConfig<F extends Fields>(
  service: string,
  fields: F,
  environment: Environment,
): ConfigOf<F> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const raw = readRaw(field, environment, problems);
    if (raw === UNREADABLE) continue;
    const result = field.schema.safeParse(raw);
    if (result.success) values[key] = result.data;
    else problems.push(...result.error.issues.map((issue) => describe(field, raw, issue)));
  }
  if (problems.length > 0) throw new ConfigError(service, problems);
  return Object.freeze(values) as ConfigOf<F>;
}

const UNREADABLE = Symbol('the problem is already listed');

function readRaw(
  field: Field<unknown>,
  environment: Environment,
  problems: string[],
): string | undefined | typeof UNREADABLE {
  const direct = present(environment[field.variable]);
  if (!field.isSecret) return direct;
  const fileVariable = `${field.variable}_FILE`;
  const file = present(environment[fileVariable]);
  if (file === undefined) return direct;
  if (direct !== undefined) {
    problems.push(`${field.variable}: set either ${field.variable} or ${fileVariable}, not both`);
    return UNREADABLE;
  }
  try {
    return present(readFileSync(file, 'utf8').trim());
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    problems.push(
      `${fileVariable}: cannot read "${file}" (${reason}); it must name a readable file with the value`,
    );
    return UNREADABLE;
  }
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function describe(field: Field<unknown>, raw: string | undefined, issue: z.core.$ZodIssue): string {
  if (raw === undefined) return `${field.variable}: is required. ${field.description}`;
  const where = issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  const got = field.isSecret ? '' : `, got "${raw}"`;
  return `${field.variable}: ${issue.message}${where}${got}`;
}
