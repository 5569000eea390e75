import { isUtf8 } from 'node:buffer';

/** One event of a body as it came: its JSON value, or why it has none. */
export type BodyItem = { readonly value: unknown } | { readonly unreadable: string };

export const NDJSON_CONTENT_TYPE = 'application/x-ndjson';

/** The events of a JSON body: one, or an array. An element that is no JSON (a NaN, say) spoils only itself. */
export function jsonItems(body: Buffer): BodyItem[] {
  if (!isUtf8(body)) return [NOT_UTF8];
  const text = body.toString('utf8');
  const whole = parseItem(text);
  if ('value' in whole)
    return Array.isArray(whole.value) ? whole.value.map((value: unknown) => ({ value })) : [whole];
  return splitArray(text.trim())?.map(parseItem) ?? [whole];
}

/** The events of a body with one JSON value a line; empty lines are skipped. */
export function ndjsonItems(body: Buffer): BodyItem[] {
  const items: BodyItem[] = [];
  for (let start = 0; start < body.length;) {
    const newline = body.indexOf(0x0a, start);
    const end = newline === -1 ? body.length : newline;
    const line = body.subarray(start, end);
    start = end + 1;
    if (!isUtf8(line)) items.push(NOT_UTF8);
    else if (line.toString('utf8').trim() !== '') items.push(parseItem(line.toString('utf8')));
  }
  return items;
}

const NOT_UTF8: BodyItem = { unreadable: 'not_utf8: JSON must be UTF-8' };

function parseItem(text: string): BodyItem {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { unreadable: `not_json: ${(error as Error).message}` };
  }
}

/** The texts between the outermost commas of `[…]`; undefined when brackets or quotes do not match. */
function splitArray(text: string): string[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const items: string[] = [];
  let depth = 0;
  let isInString = false;
  let itemStart = 1;
  for (let index = 1; index < text.length - 1; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === ',' && depth === 0) {
      items.push(text.slice(itemStart, index));
      itemStart = index + 1;
    }
    if (depth < 0) return undefined;
  }
  items.push(text.slice(itemStart, -1));
  return depth === 0 && !isInString ? items : undefined;
}
