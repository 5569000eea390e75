/** How a command ends: done, not done, or done with something found that a person should look at. */
export const ExitCode = { ok: 0, failure: 1, finding: 2 } as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
