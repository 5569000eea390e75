type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The key a request presents: `Authorization: Bearer` (MLFLOW_TRACKING_TOKEN), HTTP Basic with the key as the
 * password (user name + password), or `X-API-Key`. Never the query string, which ends up in logs.
 * Undefined when none of them is there.
 */
export function presentedKey(headers: Headers): string | undefined {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (typeof authorization === 'string') {
    const [, scheme, value] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? [];
    if (scheme === undefined || value === undefined) return '';
    return scheme.toLowerCase() === 'bearer' ? value : passwordOf(value);
  }
  return typeof apiKey === 'string' ? apiKey : undefined;
}

function passwordOf(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}
