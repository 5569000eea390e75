/** A line of a log that says it is of level error or fatal. */
export interface TroubleLine {
  readonly level: 'error' | 'fatal';
  /** What it says, without the fields around it. */
  readonly text: string;
}

const LEVELS: Readonly<Record<string, TroubleLine['level']>> = {
  error: 'error',
  ERROR: 'error',
  fatal: 'fatal',
  FATAL: 'fatal',
  CRITICAL: 'fatal',
};

/** The level after date, time and process, as MLflow and its server write it. */
const TEXT_LINE = /^[\d\s/:.,+TZ[\]-]*(ERROR|FATAL|CRITICAL)\b[\]:]*\s*(.*)/;

/** Undefined for a line of another level, and for one that only has such a word in its text. */
export function troubleLineOf(line: string): TroubleLine | undefined {
  const entry = fieldsOf(line);
  if (entry !== undefined)
    return troubleLine(entry['level'], entry['msg'] ?? messageOf(entry['err']) ?? line);
  const [, level, text] = TEXT_LINE.exec(line) ?? [];
  return troubleLine(level, text);
}

function troubleLine(levelName: unknown, text: unknown): TroubleLine | undefined {
  const level = typeof levelName === 'string' ? LEVELS[levelName] : undefined;
  return level === undefined ? undefined : { level, text: String(text) };
}

/** Services on Node write a JSON object a line. */
function fieldsOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
}
