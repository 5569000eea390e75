import type { Installation } from '../installation';
import type { OperationsContext } from '../operations/operations-context';

export interface ChangeResult {
  readonly installation: Installation;
  readonly isJson: boolean;
  readonly service: string;
  /** What was done, in words. */
  readonly summary: string;
  /** What happens to it at the next deployment. */
  readonly overriddenBy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Tells how a change went. */
export function showResult(
  { installation, isJson, service, summary, overriddenBy, details }: ChangeResult,
  { print }: Pick<OperationsContext, 'print'>,
): void {
  const { environment, region } = installation;
  if (isJson)
    print(JSON.stringify({ environment, region, service, ...details, summary, overriddenBy }, null, 2));
  else for (const line of [summary, overriddenBy]) print(line);
}
