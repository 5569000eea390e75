import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { ALLOWED_MODELS_HEADER, INTERNAL_TOKEN_HEADER, REQUEST_ID_HEADER } from '@tidegate/schemas';

/** Names and values in turn, as undici and Node take them. */
export type HeaderList = string[];

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

/**
 * What a caller says that the upstream must not hear: credentials, browser context, other proxies' claims; and what the
 * gateway says itself in every request.
 */
const NEVER_FORWARDED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'host',
  'authorization',
  'x-api-key',
  'cookie',
  'origin',
  'referer',
  'expect',
  'http2-settings',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-forwarded-ssl',
  'x-real-ip',
  // MLflow's own partition of all data: the gateway's scopes know none.
  'x-mlflow-workspace',
  'traceparent',
  'tracestate',
  ALLOWED_MODELS_HEADER,
  INTERNAL_TOKEN_HEADER,
  REQUEST_ID_HEADER,
]);

const NEVER_ANSWERED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'server',
  'alt-svc',
  'www-authenticate',
  REQUEST_ID_HEADER,
]);

/** The headers of a request as the upstream gets them, before the gateway's own are added. */
export function requestHeaders(headers: IncomingHttpHeaders): HeaderList {
  return withoutHeaders(headers, isForUpstream);
}

/**
 * The headers of the upstream's answer as the caller gets them.
 *
 * @param own headers of the gateway, in lower case: the upstream's of the same name are left out
 */
export function responseHeaders(headers: IncomingHttpHeaders, own: OutgoingHttpHeaders): HeaderList {
  const list = withoutHeaders(headers, (name) => !NEVER_ANSWERED.has(name) && !(name in own));
  for (const name in own) {
    const value = own[name];
    if (value !== undefined) list.push(name, String(value));
  }
  return list;
}

/** WSGI servers such as MLflow's take `x_forwarded_for` for `x-forwarded-for`. */
function isForUpstream(name: string): boolean {
  return !NEVER_FORWARDED.has(name) && !name.includes('_');
}

function withoutHeaders(headers: IncomingHttpHeaders, isKept: (name: string) => boolean): HeaderList {
  const named = namedByConnection(headers.connection);
  const kept: HeaderList = [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !isKept(name) || named?.has(name)) continue;
    if (typeof value === 'string') kept.push(name, value);
    else for (const one of value) kept.push(name, one);
  }
  return kept;
}

/**
 * The headers that `Connection` makes hop-by-hop, too. Not the length of the body: it is known either way, and what
 * follows depends on it.
 */
function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  const names = new Set(connection.toLowerCase().split(/[ \t]*,[ \t]*/));
  names.delete('content-length');
  return names;
}
