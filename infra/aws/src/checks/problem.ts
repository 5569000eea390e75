import { InfrastructureError } from '../infrastructure-error';

/** A mistake found before anything is deployed. Each part is a sentence or two. */
export interface Problem {
  /** What was found, with the field or file it is in. */
  readonly what: string;
  readonly expected: string;
  readonly remedy: string;
}

/** @throws InfrastructureError that lists every problem */
export function requireNoProblems(subject: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ what, expected, remedy }) => `  - ${what} Expected: ${expected} ${remedy}`);
  throw new InfrastructureError(`${subject} cannot be deployed:\n${lines.join('\n')}`);
}
