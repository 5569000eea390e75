import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from './config-error';
import type { Choice, Field, Form } from './field';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Fields = Readonly<Record<string, Field<unknown> | Choice<unknown>>>;
export type ConfigOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Choice<infer T> ? T : F[K] extends Field<infer T> ? T : never;
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
  const values = readAll(fields, environment, problems);
  if (problems.length > 0) throw new ConfigError(service, problems);
  return Object.freeze(values) as ConfigOf<F>;
}

function readAll(fields: Fields, environment: Environment, problems: string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    if ('forms' in field) values[key] = readChoice(field, environment, problems);
    else values[key] = readField(field, environment, problems);
  }
  return values;
}

/** The value of `field`; undefined with an entry in `problems` when it has none. */
function readField(field: Field<unknown>, environment: Environment, problems: string[]): unknown {
  const raw = readRaw(field, environment, problems);
  if (raw === UNREADABLE) return undefined;
  const result = field.schema.safeParse(raw);
  if (!result.success) problems.push(...result.error.issues.map((issue) => describe(field, raw, issue)));
  return result.data;
}

/** The value of the one form that is set; its problems, or that none or several are set, go to `problems`. */
function readChoice(choice: Choice<unknown>, environment: Environment, problems: string[]): unknown {
  const set = choice.forms.map((form) => ({ form, variables: variablesSet(form, environment) }));
  const [chosen, second] = set.filter(({ variables }) => variables.length > 0);
  if (chosen === undefined) {
    const [first, ...others] = choice.forms.map(requiredVariables);
    problems.push(`${first}: is required, or instead ${others.join(', or ')}. ${choice.description}`);
    return undefined;
  }
  if (second !== undefined) {
    const [one, other] = [chosen, second].map(({ variables }) => variables.join(', '));
    problems.push(`${one}: set either this or ${other}, not both. ${choice.description}`);
    return undefined;
  }
  const found: string[] = [];
  const values = readAll(chosen.form.fields, environment, found);
  problems.push(...found);
  return found.length > 0 ? undefined : chosen.form.toValue(values);
}

function variablesSet(form: Form<unknown>, environment: Environment): string[] {
  return Object.values(form.fields)
    .flatMap(({ variable, isSecret }) => (isSecret ? [variable, `${variable}_FILE`] : [variable]))
    .filter((variable) => present(environment[variable]) !== undefined);
}

function requiredVariables(form: Form<unknown>): string {
  return Object.values(form.fields)
    .filter(({ schema }) => !schema.safeParse(undefined).success)
    .map(({ variable }) => variable)
    .join(', ');
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
