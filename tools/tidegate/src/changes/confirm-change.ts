import { CommandError } from '../command-error';
import type { OperationsContext } from '../operations/operations-context';

/**
 * Shows what will change and asks, unless it was confirmed with `--yes`.
 *
 * @throws CommandError when the answer is not yes, or when nobody can be asked
 */
export async function confirmChange(
  plan: readonly string[],
  isConfirmed: boolean,
  { note, ask }: Pick<OperationsContext, 'note' | 'ask'>,
): Promise<void> {
  for (const line of plan) note(line);
  if (isConfirmed) return;
  if (ask === undefined)
    throw new CommandError(
      'Nothing was changed: there is no terminal to ask at. Expected --yes, which confirms it beforehand.',
    );
  const answer = await ask('Go on? Only "yes" does: ');
  if (answer.trim().toLowerCase() !== 'yes') throw new CommandError('Nothing was changed.');
}
