import { invalid } from '../../tensors/body-problem';

/**
 * The rows of a CSV text (RFC 4180): quoted fields may hold commas, quotes (doubled) and line breaks. Empty lines are
 * passed over, as pandas does.
 *
 * @throws ProblemError `BODY_INVALID` when a quote is not closed
 */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  let isBlank = true;
  const endRow = (): void => {
    if (!isBlank) rows.push(row);
    row = [];
    isBlank = true;
  };
  while (at < text.length) {
    const field = fieldAt(text, at);
    row.push(field.value);
    // A line of white space is blank, too.
    if (field.isQuoted || field.value.trim() !== '') isBlank = false;
    at = field.end;
    if (text[at] === ',') {
      isBlank = false;
      at += 1;
      if (at < text.length) continue;
      row.push('');
    }
    endRow();
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  return rows;
}

interface Field {
  readonly value: string;
  /** Of the comma or line break after it. */
  readonly end: number;
  readonly isQuoted: boolean;
}

const PLAIN = /[^,\r\n]*/y;

function fieldAt(text: string, start: number): Field {
  if (text[start] === '"') return quotedField(text, start);
  const value = plainAt(text, start);
  return { value, end: start + value.length, isQuoted: false };
}

function plainAt(text: string, start: number): string {
  PLAIN.lastIndex = start;
  return PLAIN.exec(text)?.[0] ?? '';
}

function quotedField(text: string, start: number): Field {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw invalid(`CSV: the quote at position ${start} is not closed`);
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      // What follows the closing quote belongs to the field.
      const rest = plainAt(text, quote + 1);
      return { value: value + rest, end: quote + 1 + rest.length, isQuoted: true };
    }
    value += '"';
    from = quote + 2;
  }
}
