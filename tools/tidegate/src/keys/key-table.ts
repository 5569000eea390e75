import type { ApiKeyView } from '@tidegate/schemas';

const HEADINGS = ['ID', 'OWNER', 'STATE', 'LAST USED', 'SCOPES', 'LIMITS'];

/** Keys as aligned lines under a heading. */
export function keyTable(keys: readonly ApiKeyView[], nowMs: number): string[] {
  const rows = [HEADINGS, ...keys.map((key) => cellsOf(key, nowMs))];
  const widths = HEADINGS.map((_heading, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(key: ApiKeyView, nowMs: number): string[] {
  const { id, owner, scopes, last_used_at } = key;
  const lastUsed = last_used_at === null ? 'never' : minuteOf(last_used_at);
  return [id, owner, stateOf(key, nowMs), lastUsed, scopes.join(','), limitsOf(key)];
}

function stateOf({ revoked_at, expires_at, replaced_by }: ApiKeyView, nowMs: number): string {
  if (revoked_at !== null) return `revoked ${minuteOf(revoked_at)}`;
  if (expires_at === null) return 'active';
  if (Date.parse(expires_at) <= nowMs) return `expired ${minuteOf(expires_at)}`;
  return `${replaced_by === null ? 'active' : 'rotated,'} until ${minuteOf(expires_at)}`;
}

function limitsOf({ models, allowed_cidrs, rate_class }: ApiKeyView): string {
  return [
    models && `models ${models.join(',')}`,
    allowed_cidrs && `from ${allowed_cidrs.join(',')}`,
    rate_class === 'standard' ? null : `rate ${rate_class}`,
  ]
    .filter((limit) => limit !== null)
    .join('; ');
}

/** UTC, to the minute. */
function minuteOf(time: string): string {
  return `${time.slice(0, 16)}Z`;
}
