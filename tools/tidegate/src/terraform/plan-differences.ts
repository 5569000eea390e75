import { z } from 'zod';

const values = z.record(z.string(), z.unknown()).nullable();
const marks = z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional();

/** What is used of `terraform show -json <plan>`. */
const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          before: values,
          after: values,
          after_unknown: z.record(z.string(), z.unknown()).optional(),
          before_sensitive: marks,
          after_sensitive: marks,
        }),
      }),
    )
    .default([]),
  prior_state: z.unknown().optional(),
});

export interface Difference {
  readonly address: string;
  /** Such as `aws_ecs_service`. */
  readonly type: string;
  /** What the plan would do. */
  readonly action: 'create' | 'update' | 'delete' | 'replace';
  /** `name: value in AWS -> value wanted`. */
  readonly attributes: readonly string[];
}

export interface PlanDifferences {
  /** Nothing of the stack is in its state. */
  readonly isDeployed: boolean;
  readonly differences: readonly Difference[];
}

const SHOWN_CHARACTERS = 80;

/** What a plan would change. */
export function planDifferences(planJson: string): PlanDifferences {
  const plan = planSchema.parse(JSON.parse(planJson));
  const changes = plan.resource_changes.filter(({ change }) =>
    change.actions.some((action) => !isQuiet(action)),
  );
  return {
    isDeployed: JSON.stringify(plan.prior_state ?? null).includes('"mode":"managed"'),
    differences: changes.map(({ address, type, change }) => ({
      ...{ address, type, action: actionOf(change.actions) },
      attributes:
        change.actions.includes('update') || change.actions.length > 1 ? changedAttributes(change) : [],
    })),
  };
}

function isQuiet(action: string): boolean {
  return action === 'no-op' || action === 'read';
}

function actionOf(actions: readonly string[]): Difference['action'] {
  if (actions.length > 1) return 'replace';
  if (actions.includes('create')) return 'create';
  return actions.includes('delete') ? 'delete' : 'update';
}

type Change = z.infer<typeof planSchema>['resource_changes'][number]['change'];

function changedAttributes(change: Change): string[] {
  const { before, after, after_unknown: unknown = {} } = change;
  const names = [
    ...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown)]),
  ];
  return names.sort().flatMap((name) => {
    const [one, other] = [before?.[name] ?? null, after?.[name] ?? null];
    const isUnknown = unknown[name] === true;
    if (!isUnknown && JSON.stringify(one) === JSON.stringify(other)) return [];
    if (isSecret(change, name)) return [`${name}: differs, and is secret`];
    return [`${name}: ${shown(one)} -> ${isUnknown ? 'known only afterwards' : shown(other)}`];
  });
}

/** An attribute is shown or not as a whole: also one of which a part is secret is not. */
function isSecret({ before_sensitive, after_sensitive }: Change, name: string): boolean {
  return [before_sensitive, after_sensitive].some(
    (mark) => mark === true || (typeof mark === 'object' && holdsMark(mark[name])),
  );
}

/** Terraform marks what is sensitive by `true` in its place, which may be deep in objects and lists. */
function holdsMark(mark: unknown): boolean {
  if (typeof mark !== 'object' || mark === null) return mark === true;
  return Object.values(mark).some(holdsMark);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
