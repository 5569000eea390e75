import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { INTERNAL_TOKEN_HEADER, REQUEST_ID_HEADER } from '@tidegate/schemas';

/** Meant for one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What a caller says that the upstream must not hear: credentials, browser context, other proxies' claims. */
const NEVER_FORWARDED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'host',
  'authorization',
  'x-api-key',
  'cookie',
  'origin',
  'referer',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-real-ip',
  INTERNAL_TOKEN_HEADER,
  REQUEST_ID_HEADER,
]);

const NEVER_ANSWERED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'server',
  'www-authenticate',
  REQUEST_ID_HEADER,
]);

/** The headers of a request as the upstream gets them, before the gateway's own are added. */
export function requestHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return withoutHeaders(headers, NEVER_FORWARDED);
}

/** The headers of the upstream's answer as the caller gets them. */
export function responseHeaders(headers: IncomingHttpHeaders, requestId: string): OutgoingHttpHeaders {
  return { ...withoutHeaders(headers, NEVER_ANSWERED), [REQUEST_ID_HEADER]: requestId };
}

function withoutHeaders(
  headers: IncomingHttpHeaders,
  dropped: ReadonlySet<string>,
): Record<string, string | string[]> {
  const named =
    headers.connection === undefined ? undefined : headers.connection.toLowerCase().split(/ *, */);
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !dropped.has(name) && !named?.includes(name)) kept[name] = value;
  }
  return kept;
}
