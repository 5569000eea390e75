/** Settings of one app: variable → value. */
export type Settings = Readonly<Record<string, string>>;

/** The text of an env file that `process.loadEnvFile` (and `node --env-file`) reads back to the same settings. */
export function formatEnvFile(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${quoted(name, value)}\n`)
    .join('');
}

// The format has no escapes: a value stands between quotes that do not occur in it.
function quoted(name: string, value: string): string {
  const quote = ["'", '`', '"'].find((candidate) => !value.includes(candidate));
  if (quote === undefined || value.includes('\n')) {
    throw new Error(
      `${name} cannot be written to an env file: it holds a line break or all three kinds of quotes`,
    );
  }
  return `${quote}${value}${quote}`;
}
