import type { Diagnosis } from './examination';

/** A line for each thing looked at; what is wrong with it below. */
export function doctorLines(diagnoses: readonly Diagnosis[]): readonly string[] {
  return diagnoses.flatMap(({ subject, problems, notLookedAt }) => {
    if (notLookedAt !== undefined) return [`not looked at  ${subject}`, `  ${notLookedAt}`];
    if (problems.length === 0) return [`ok             ${subject}`];
    return [
      `PROBLEM        ${subject}`,
      ...problems.flatMap(({ what, expected, remedy }) => [
        `  ${what}`,
        `  Expected: ${expected}`,
        `  ${remedy}`,
      ]),
    ];
  });
}
