/** Where something was seen. */
export type Source =
  | 'stopped task'
  | 'container'
  | 'event'
  | 'deployment'
  | 'task'
  | 'target'
  | 'log'
  | 'alarm'
  | 'setting'
  | 'secret'
  | 'network'
  | 'database'
  | 'bucket';

/** One thing that was seen, as text: what the table of causes is matched against. */
export interface Observation {
  readonly source: Source;
  /** Which task, container, target, …; empty where the source says enough. */
  readonly subject: string;
  readonly text: string;
  /** When it was seen last. */
  readonly at?: Date;
  /** How often the same was seen. */
  readonly count: number;
  /** Whether it is worth showing when no cause is recognised. */
  readonly isTrouble: boolean;
}

/** Joins what was seen several times: the newest of each stands for all. */
export function withoutRepeats(observations: readonly Observation[]): Observation[] {
  const known = new Map<string, Observation>();
  for (const observation of observations) {
    const key = `${observation.source} ${withoutIds(observation.text)}`;
    const before = known.get(key);
    known.set(key, before === undefined ? observation : joined(before, observation));
  }
  return [...known.values()];
}

function joined(one: Observation, other: Observation): Observation {
  const newest = (other.at?.getTime() ?? 0) > (one.at?.getTime() ?? 0) ? other : one;
  return { ...newest, count: one.count + other.count };
}

/** The same trouble of two tasks differs in ids, times and durations only. */
function withoutIds(text: string): string {
  return text.replaceAll(
    /[0-9a-f]{8,}(-[0-9a-f]{4,})*|\d{4}-\d\d-\d\dT[\d:.]+Z|"(pid|time|requestId|durationMs)":[^,}]+/g,
    '#',
  );
}
