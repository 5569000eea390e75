/** The numbers of an array of PostgreSQL as text, `{1,2,3}`, with bounds or without. */
export function parseCounts(text: string): number[] {
  const start = text.indexOf('{') + 1;
  return text[start] === '}' ? [] : text.slice(start, -1).split(',').map(Number);
}
