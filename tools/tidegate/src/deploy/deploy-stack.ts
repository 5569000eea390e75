import { confirmChange } from '../changes/confirm-change';
import { CommandError } from '../command-error';
import type { OperationsContext } from '../operations/operations-context';
import type { Difference } from '../terraform/plan-differences';
import type { Stack, Terraform } from '../terraform/terraform';
import type { DeployOptions } from './deploy-command-line';
import { losesData } from './kept-data';
import { plannedChangeLines, resourceCount } from './planned-changes';

type Confirmed = Pick<DeployOptions, 'environment' | 'isConfirmed' | 'allowsDataLoss' | 'isJson'>;
type Context = Pick<OperationsContext, 'note' | 'ask' | 'paint'>;

/**
 * Plans a stack, shows what would change, asks, and does just that.
 *
 * @returns what was done, in a few words
 * @throws CommandError when it was not confirmed, or not all of it was done
 */
export function deployStack(
  terraform: Terraform,
  stack: Stack,
  options: Confirmed,
  context: Context,
): Promise<string> {
  const name = `${options.environment}-${stack}`;
  context.note(`Comparing ${name} with AWS …`);
  return terraform.withPlan(stack, {}, async ({ differences, apply }) => {
    // A plan of outputs alone changes nothing, but they have to be kept.
    if (differences.length > 0) {
      for (const line of plannedChangeLines(name, differences, context.paint)) context.note(line);
      await confirm(differences, options, context);
    }
    await apply(options.isJson);
    return differences.length === 0 ? 'nothing to change' : resourceCount(differences);
  });
}

async function confirm(
  differences: readonly Difference[],
  { environment, isConfirmed, allowsDataLoss }: Confirmed,
  context: Context,
): Promise<void> {
  if (!losesData(differences)) return confirmChange([], isConfirmed, context);
  if (isConfirmed && allowsDataLoss) return;
  if (context.ask === undefined)
    throw new CommandError(
      'Nothing was changed: what is marked with LOST would be gone for good. Expected another change, or --yes with --allow-data-loss.',
    );
  await confirmName(environment, context.ask);
}

/** @throws CommandError when the answer is not the name */
export async function confirmName(
  environment: string,
  ask: (question: string) => Promise<string>,
): Promise<void> {
  const answer = await ask(
    `What is marked with LOST cannot be brought back. Type "${environment}" to go on: `,
  );
  if (answer.trim() !== environment) throw new CommandError('Nothing was changed.');
}
