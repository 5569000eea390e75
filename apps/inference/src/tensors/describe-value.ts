const MAX_CHARS = 40;

/** A received value in a few words, for messages: `text "abc"`, `an array of 3`, `nothing`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  switch (typeof value) {
    case 'string':
      return `text ${JSON.stringify(value.length > MAX_CHARS ? `${value.slice(0, MAX_CHARS)}…` : value)}`;
    case 'object':
      return 'an object';
    default:
      return JSON.stringify(value) === 'null' ? 'a number beyond all ranges' : JSON.stringify(value);
  }
}
