/** A row of an export, its JSON as the text it was stored as. */
export interface ExportRow {
  readonly id: string;
  readonly timestamp: string;
  readonly model: string;
  readonly version: string;
  readonly alias: string | null;
  readonly inputs: string | null;
  readonly outputs: string;
  readonly latency_ms: number | null;
  readonly defect: boolean;
  readonly request_id: string | null;
  readonly traceparent: string | null;
  readonly metadata: string | null;
  readonly subject: string | null;
  readonly received_at: string;
}

/** How an export is written. */
export interface ExportFormat {
  readonly contentType: string;
  readonly fileName: string;
  /** What comes before the first row. */
  readonly head: string;
  line(row: ExportRow): string;
}

const COLUMNS = [
  ...(['id', 'timestamp', 'model', 'version', 'alias', 'inputs', 'outputs', 'latency_ms', 'defect'] as const),
  ...(['request_id', 'traceparent', 'metadata', 'subject', 'received_at'] as const),
] satisfies (keyof ExportRow)[];
const JSON_COLUMNS: ReadonlySet<keyof ExportRow> = new Set(['inputs', 'outputs', 'metadata']);

/** One prediction a line, as `GET /predictions` shows it. */
const ndjson: ExportFormat = {
  contentType: 'application/x-ndjson',
  fileName: 'predictions.ndjson',
  head: '',
  line(row) {
    const fields = COLUMNS.flatMap((column) => {
      const value = row[column];
      if (value === null) return [];
      // Line ends of a stored text would end the line here; inside JSON they are nothing but space.
      const text = JSON_COLUMNS.has(column) ? String(value).replace(/[\r\n]/g, ' ') : JSON.stringify(value);
      return [`"${column}":${text}`];
    });
    return `{${fields.join(',')}}\n`;
  },
};

/** RFC 4180, with a head; JSON in cells of its own. */
const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  fileName: 'predictions.csv',
  head: `${COLUMNS.join(',')}\r\n`,
  line: (row) => `${COLUMNS.map((column) => csvCell(row[column])).join(',')}\r\n`,
};

export const EXPORT_FORMATS = { ndjson, csv } as const;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;

/**
 * A cell that a spreadsheet shows as it is. Text that it would take for a formula (beginning with `=`, `+`, `-`, `@`, a tab
 * or a line end) gets a `'` in front; numbers stay numbers.
 *
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  const isFormula = /^[=+\-@\t\r\n]/.test(text) && !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
