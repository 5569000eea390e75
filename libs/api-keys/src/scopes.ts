/** Everything a key can be allowed to do. `read` never implies `write`, nor the other way round. */
export const SCOPES = [
  'experiments:read',
  'experiments:write',
  'runs:read',
  'runs:write',
  'metrics:read',
  'metrics:write',
  'params:read',
  'params:write',
  'tags:read',
  'tags:write',
  'models:read',
  'models:write',
  'artifacts:read',
  'artifacts:write',
  'artifacts:delete',
  'traces:read',
  'traces:write',
  'predict',
  'log:read',
  'log:write',
  'log:delete',
  'feedback:write',
  'ops:read',
  'keys:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** The first of `required` that `held` lacks, or undefined when nothing is missing. */
export function missingScope(held: ReadonlySet<Scope>, required: readonly Scope[]): Scope | undefined {
  return required.find((scope) => !held.has(scope));
}
