import type { Source } from '../observation';

/** What a cause is recognised by. */
export interface Sign {
  readonly sources: readonly Source[];
  readonly pattern: RegExp;
}

/** A row in the table of known causes. In its texts `{env}`, `{service}`, `{prefix}` and `{region}` are filled in. */
export interface Cause {
  readonly id: string;
  /** The likely cause, in a sentence. */
  readonly title: string;
  /** What to do, a step a line. */
  readonly remedy: readonly string[];
  /** One of them is enough. */
  readonly signs: readonly Sign[];
  /** It has a cause itself: it is the answer only when nothing more exact was recognised. @default false */
  readonly isSymptom?: boolean;
}

/** Sources that tell how a task failed to start. */
export const START: readonly Source[] = ['stopped task', 'container', 'event', 'deployment'];
