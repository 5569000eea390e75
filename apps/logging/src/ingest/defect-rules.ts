import { z } from 'zod';

const label = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const outputField = { output: z.string().min(1).optional() };

const defectRuleSchema = z.union(
  [
    z.strictObject({ ...outputField, labels: z.array(label).min(1) }),
    z.strictObject({ ...outputField, above: z.number() }),
  ],
  { error: 'expected {"output"?: field, "labels": [...]} or {"output"?: field, "above": number}' },
);

/** Rules by model name. `output` names a field of the outputs object; without it the bare outputs are judged. */
export const defectRulesSchema = z.record(z.string(), defectRuleSchema);

type DefectRule = z.infer<typeof defectRuleSchema>;

/** Decides what counts as a defect: the event's own word, else the rule of its model, else it is none. */
export class DefectRules {
  private readonly ruleByModel: ReadonlyMap<string, DefectRule>;

  constructor(rules: Readonly<Record<string, DefectRule>>) {
    this.ruleByModel = new Map(Object.entries(rules));
  }

  isDefect(event: { model: string; outputs: unknown; defect?: boolean | undefined }): boolean {
    if (event.defect !== undefined) return event.defect;
    const rule = this.ruleByModel.get(event.model);
    if (rule === undefined) return false;
    const value = rule.output === undefined ? event.outputs : fieldOf(event.outputs, rule.output);
    return 'above' in rule
      ? typeof value === 'number' && value > rule.above
      : isLabel(value) && rule.labels.includes(String(value));
  }
}

function isLabel(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function fieldOf(outputs: unknown, field: string): unknown {
  const isObject = typeof outputs === 'object' && outputs !== null;
  return isObject && Object.hasOwn(outputs, field) ? (outputs as Record<string, unknown>)[field] : undefined;
}
