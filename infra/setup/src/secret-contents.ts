import { parseApiKey, type Scope } from '@tidegate/api-keys';
import { json } from '@tidegate/config';
import { z } from 'zod';
import type { Login, SecretContent } from './secret-store';
import { SetUpError } from './set-up-error';

/** Everything the services need; `oidc` is filled by a person, so it is not here. */
export const SECRET_NAMES = [
  'database/mlflow',
  'database/api',
  'database/logging',
  'mlflow',
  'api',
  'inference',
  'internal',
] as const;

/** Who owns databases; `database/<owner>` is its login. */
export type DatabaseOwner = 'mlflow' | 'api' | 'logging';
export type SecretName = (typeof SECRET_NAMES)[number];
export type SecretContents = Readonly<Record<SecretName, SecretContent>>;

/** Where new values come from. */
export interface Generators {
  /** Random text that fits everywhere: letters and digits only. */
  readonly token: () => string;
  /** A key of this installation, as `@tidegate/api-keys` makes them. */
  readonly apiKey: () => string;
}

const INFERENCE = { name: 'inference', scopes: ['models:read', 'artifacts:read'] satisfies Scope[] };

/**
 * `current` with a value for every field that has none (absent, or an empty text). What is there stays as it is, fields
 * we do not know included.
 *
 * @throws SetUpError `SECRETS_INVALID` when what is there cannot work
 */
export function completeSecrets(current: SecretContents, { token, apiKey }: Generators): SecretContents {
  const inferenceKey = existingInferenceKey(current) ?? apiKey();
  const completed = {
    'database/mlflow': complete(current['database/mlflow'], { username: () => 'mlflow', password: token }),
    'database/api': complete(current['database/api'], { username: () => 'api', password: token }),
    'database/logging': complete(current['database/logging'], { username: () => 'logging', password: token }),
    mlflow: complete(current.mlflow, {
      admin_username: () => 'admin',
      admin_password: token,
      flask_secret_key: token,
    }),
    api: complete(withInferenceKey(current.api, inferenceKey), {
      pepper: token,
      // Empty until a pepper is replaced: the api must find the field.
      previous_pepper: () => '',
      bootstrap_key: apiKey,
    }),
    inference: complete(current.inference, { mlflow_token: () => inferenceKey }),
    internal: complete(current.internal, { token }),
  };
  checkContents(completed);
  return completed;
}

function complete(current: SecretContent, generators: Record<string, () => string>): SecretContent {
  const missing = Object.entries(generators).filter(([field]) => !hasValue(current[field]));
  return { ...current, ...Object.fromEntries(missing.map(([field, generate]) => [field, generate()])) };
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

const apiKeyText = z
  .string('expected a text')
  .refine((text) => parseApiKey(text) !== undefined, 'expected a key as tg_<env>_<id>_<secret>_<checksum>');
const serviceKeysText = json(
  z.array(z.looseObject({ name: z.string(), key: apiKeyText }), 'expected a list of {"name","key","scopes"}'),
);
const text = (least: number): z.ZodType<string> =>
  z.string('expected a text').min(least, `expected at least ${least} characters`);
const loginShape = z.looseObject({
  username: z
    .string('expected a text')
    .regex(/^(?!pg_|rds)[a-z_][a-z0-9_]{0,62}$/, 'expected a role name of lower-case letters, digits and _'),
  // Programs prepare other characters in different ways (SASLprep), so that one could log in and the other not.
  password: z.string('expected a text').regex(/^[\x20-\x7e]+$/, 'expected printable ASCII characters'),
});

const SHAPES: Record<SecretName, z.ZodType> = {
  'database/mlflow': loginShape,
  'database/api': loginShape,
  'database/logging': loginShape,
  mlflow: z.looseObject({ admin_username: text(1), admin_password: text(12), flask_secret_key: text(1) }),
  api: z.looseObject({
    pepper: text(32),
    previous_pepper: z.literal('').or(text(32)),
    service_keys: serviceKeysText,
    bootstrap_key: apiKeyText,
  }),
  inference: z.looseObject({ mlflow_token: apiKeyText }),
  internal: z.looseObject({ token: text(16) }),
};

/** The login in the secret `database/<owner>`; `contents` are completed ones. */
export function loginOf(contents: SecretContents, owner: DatabaseOwner): Login {
  return loginShape.parse(contents[`database/${owner}`]);
}

/** What the services would refuse at their start is told now, by name only. */
function checkContents(contents: SecretContents): void {
  const problems = SECRET_NAMES.flatMap((name) => {
    const issues = SHAPES[name].safeParse(contents[name]).error?.issues ?? [];
    return issues.map(({ path, message }) => `${name}.${path.join('.')}: ${message}`);
  });
  const roles = [contents['database/mlflow'], contents['database/api'], contents['database/logging']];
  if (new Set(roles.map(({ username }) => username)).size < roles.length)
    problems.push('database/*.username: expected a role of its own for each of the three');
  if (problems.length === 0) return;
  throw new SetUpError(
    'SECRETS_INVALID',
    `Values that were there before would not work: ${problems.join('; ')}. They are never overwritten: correct them, or ` +
      'remove the fields to have them made anew.',
  );
}

/** The key inference presents, when one of the two secrets that must hold it does. */
function existingInferenceKey({ inference, api }: SecretContents): string | undefined {
  const token = inference['mlflow_token'];
  if (hasValue(token)) return String(token);
  return serviceKeysOf(api).find(({ name }) => name === INFERENCE.name)?.key;
}

/** The api must know the key inference presents: its entry is made when there is none. */
function withInferenceKey(api: SecretContent, key: string): SecretContent {
  const known = serviceKeysOf(api);
  if (known.some((entry) => entry.key === key)) return api;
  if (known.some(({ name }) => name === INFERENCE.name))
    throw new SetUpError(
      'SECRETS_INVALID',
      'inference.mlflow_token and the key of "inference" in api.service_keys differ, expected the same key: the api would ' +
        'refuse inference. Correct one, or remove it to have it taken from the other.',
    );
  return { ...api, service_keys: JSON.stringify([...known, { ...INFERENCE, key }]) };
}

function serviceKeysOf(api: SecretContent): { name: string; key: string }[] {
  const keys = serviceKeysText.safeParse(api['service_keys']);
  if (keys.success) return keys.data;
  if (!hasValue(api['service_keys'])) return [];
  const reasons = keys.error.issues.map(({ message }) => message).join('; ');
  throw new SetUpError(
    'SECRETS_INVALID',
    `api.service_keys: ${reasons}. It is never overwritten: correct it, or remove the field to have it made anew.`,
  );
}
