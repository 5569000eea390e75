export interface ServiceRow {
  readonly service: string;
  readonly url: string;
  readonly health: string;
}

const HEADER: ServiceRow = { service: 'SERVICE', url: 'URL', health: 'HEALTH' };

/** A table in plain text; URLs lose their passwords. */
export function formatTable(rows: readonly ServiceRow[]): string {
  const shown = [HEADER, ...rows.map((row) => ({ ...row, url: withoutCredentials(row.url) }))];
  const widthOf = (column: 'service' | 'url'): number => Math.max(...shown.map((row) => row[column].length));
  const [serviceWidth, urlWidth] = [widthOf('service'), widthOf('url')];
  return shown
    .map(
      ({ service, url, health }) => `  ${service.padEnd(serviceWidth)}  ${url.padEnd(urlWidth)}  ${health}`,
    )
    .join('\n');
}

/** `postgresql://postgres:secret@127.0.0.1:5433/postgres` → `postgresql://127.0.0.1:5433`. */
function withoutCredentials(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
