/** An http(s) address without a slash at its end; undefined when it is none, or carries credentials, a query or a fragment. */
export function httpBase(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return undefined;
  return url.href.replace(/\/+$/, '');
}
