import type { Mlmodel } from '@tidegate/mlflow-client';
import { shown } from './unexpected';
import { WholeFloat } from './python-number';
import { violation } from './signature-violation';

type Parameter = NonNullable<Mlmodel['signature']>['params'][number];

/** What a parameter of each type may be; a float may be given as an integer. Others (dates, objects) are not looked into. */
const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: isWhole,
  long: isWhole,
  float: isNumber,
  double: isNumber,
  string: (value) => typeof value === 'string',
};

/**
 * An ONNX model takes no parameters, and MLflow ignores them unless the signature has some: then they are checked
 * (mlflow/models/utils.py, `_enforce_params_schema`), and ignored as well.
 *
 * @throws ProblemError `BODY_INVALID`
 */
export function checkParams(params: unknown, signature: Mlmodel['signature']): void {
  const known = signature?.params ?? [];
  if (known.length === 0 || params === undefined || params === null) return;
  if (typeof params !== 'object' || Array.isArray(params))
    throw violation(`params: expected an object, got ${shown(params)}`);
  for (const parameter of known) {
    const { name } = parameter;
    if (Object.hasOwn(params, name))
      checkParameter(parameter, (params as Readonly<Record<string, unknown>>)[name]);
  }
}

function checkParameter({ name, type, shape }: Parameter, value: unknown): void {
  const fits = FITS[type];
  if (fits === undefined || value === null) return;
  if (shape === undefined) {
    if (!fits(value)) throw violation(`params.${name}: expected ${type}`);
    return;
  }
  if (!Array.isArray(value))
    throw violation(`params.${name}: expected a list of ${type}, got ${shown(value)}`);
  if (!value.every((each) => each === null || fits(each)))
    throw violation(`params.${name}: expected a list of ${type}`);
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value) || typeof value === 'bigint';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeFloat;
}
