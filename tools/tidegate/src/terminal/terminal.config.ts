/** What the terminal at the other end can do. */
export interface Terminal {
  readonly isColoured: boolean;
  /** Whether somebody is there to answer a question. */
  readonly isInteractive: boolean;
  /** Whether standard input is a file or a program, not a keyboard. */
  readonly hasPipedInput: boolean;
}

/** Colours only on a terminal, and not where `NO_COLOR` is set (no-color.org). */
export function terminalOfProcess(variables: NodeJS.ProcessEnv = process.env): Terminal {
  const noColour = variables['NO_COLOR'] ?? '';
  return {
    isColoured: process.stdout.isTTY && noColour === '' && variables['TERM'] !== 'dumb',
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    hasPipedInput: !process.stdin.isTTY,
  };
}
