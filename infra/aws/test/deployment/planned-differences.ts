interface ShownPlan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

interface ResourceChange {
  readonly type: string;
  readonly mode: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown: Readonly<Record<string, unknown>>;
  };
}

/**
 * What a plan would change, one line for each kind of change, sorted: `update aws_ecs_service: desired_count, tags`,
 * `create aws_s3_bucket`, `update output url`.
 *
 * @param plan output of `terraform show -json <plan>`
 */
export function differencesIn(plan: unknown): string[] {
  const { resource_changes: resources = [], output_changes: outputs = {} } = plan as ShownPlan;
  const ofResources = resources
    .filter(({ mode, change }) => mode === 'managed' && isChange(change.actions))
    .map(({ type, change }) => `${change.actions.join(' and ')} ${type}${attributesOf(change)}`);
  const ofOutputs = Object.entries(outputs)
    .filter(([, { actions }]) => isChange(actions))
    .map(([name, { actions }]) => `${actions.join(' and ')} output ${name}`);
  return [...new Set([...ofResources, ...ofOutputs])].sort();
}

function isChange(actions: readonly string[]): boolean {
  return actions.some((action) => action !== 'no-op' && action !== 'read');
}

function attributesOf({ before, after, after_unknown: unknown }: ResourceChange['change']): string {
  if (before === null || after === null) return '';
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])];
  const changed = names.filter((name) => isUnknown(unknown[name]) || !isSame(before[name], after[name]));
  return `: ${changed.sort().join(', ')}`;
}

/** Known only after the change, wholly or somewhere inside. */
function isUnknown(value: unknown): boolean {
  return (
    value === true || (typeof value === 'object' && value !== null && Object.values(value).some(isUnknown))
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
