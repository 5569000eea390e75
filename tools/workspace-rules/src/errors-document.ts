import { PROBLEM_KINDS } from '@tidegate/schemas';

/** What `docs/errors.md` holds: every problem code with its status, meaning and remedy. */
export function errorsDocument(): string {
  const rows = Object.entries(PROBLEM_KINDS).map(([code, { status, title, remedy }]) => [
    ...[`\`${code}\``, String(status), title, remedy],
  ]);
  return `# Errors

Every error of a Tidegate service is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`code\`,
\`requestId\` and mostly a \`detail\`. A code never changes its meaning. Answers of MLflow pass through the gateway as they came.

Written by \`npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-errors-document.ts\`; a test says when it is out of date.

${table([['code', 'status', 'what happened', 'what to do'], ...rows])}
`;
}

/** Padded as the formatter pads it. */
function table([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
