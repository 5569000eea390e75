import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

export interface CountVariableProps {
  readonly description: string;
  readonly defaultCount: number;
  /** @default no limit */
  readonly maxCount?: number;
}

/** A Terraform variable that says how many tasks there are. Its id is its name. */
export class CountVariable extends TerraformVariable {
  constructor(scope: Construct, id: string, { description, defaultCount, maxCount }: CountVariableProps) {
    const limit = maxCount === undefined ? '' : ` && var.${id} <= ${maxCount}`;
    const range =
      maxCount === undefined ? 'from 1' : `from 1 to ${maxCount}, the maxCount of its environment`;
    super(scope, id, {
      type: 'number',
      description,
      default: defaultCount,
      nullable: false,
      validation: [
        {
          condition: `\${floor(var.${id}) == var.${id} && var.${id} >= 1${limit}}`,
          errorMessage: `${id} must be a whole number ${range}.`,
        },
      ],
    });
  }
}
