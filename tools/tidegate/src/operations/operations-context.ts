import type { Clock } from '@tidegate/clock';
import type { Paint } from '../terminal/paint';

/** What the commands on running services need of the world around them. */
export interface OperationsContext {
  readonly workspaceRoot: string;
  readonly clock: Clock;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** To standard output: the result. */
  readonly print: (line: string) => void;
  /** To standard error: progress, and what is for people only. */
  readonly note: (line: string) => void;
  readonly paint: Paint;
  /** Undefined where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The same, but that what a program reads is one JSON text: everything else goes to standard error. */
export function quietWhere<Context extends Pick<OperationsContext, 'print' | 'note'>>(
  isJson: boolean,
  context: Context,
): Context & { readonly isQuiet: boolean } {
  return { ...context, isQuiet: isJson, ...(isJson && { print: context.note }) };
}
