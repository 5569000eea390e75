const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-tidegate-internal-token',
]);

/**
 * Looks where headers can be: at the top of a line and one level down. By hand, since pino's `redact` with `*` copies every
 * value of every line, which cost more than all the rest of an audit line.
 */
export function withoutCredentials(line: object): Record<string, unknown> {
  const fields = line as Record<string, unknown>;
  let clean = fields;
  for (const name in fields) {
    const value = fields[name];
    // Errors get their turn when they have become plain objects.
    if (typeof value !== 'object' || value === null || value instanceof Error) continue;
    if (name === 'headers') clean = { ...clean, headers: withoutSecretHeaders(value) };
    else if ('headers' in value && typeof value.headers === 'object' && value.headers !== null)
      clean = { ...clean, [name]: { ...value, headers: withoutSecretHeaders(value.headers) } };
  }
  return clean;
}

function withoutSecretHeaders(headers: object): object {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !SECRET_HEADERS.has(name.toLowerCase())),
  );
}
