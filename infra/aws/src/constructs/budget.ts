import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { Construct } from 'constructs';

export interface BudgetProps {
  readonly name: string;
  readonly monthlyLimitUsd: number;
  /** @default nobody is written to; the budget shows in the billing console */
  readonly emails?: string[];
}

/**
 * Tells early that a month becomes dear. It counts the whole account: a filter by tag counts nothing, without a word,
 * until somebody activates the tag in the billing console.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    const emails = props.emails ?? [];
    new BudgetsBudget(this, 'budget', {
      name: props.name,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(props.monthlyLimitUsd),
      limitUnit: 'USD',
      notification: emails.length === 0 ? [] : [warning('ACTUAL', 80), warning('FORECASTED', 100)],
    });

    function warning(notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) {
      return {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold,
        thresholdType: 'PERCENTAGE',
        subscriberEmailAddresses: emails,
      };
    }
  }
}
