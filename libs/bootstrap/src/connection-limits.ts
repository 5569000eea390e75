import type { ServerOptions } from 'node:http';

/** How long and how much a connection may take before there is a request to think about. */
export interface ConnectionLimits {
  /** From the first byte of a request to the last of its headers. @default 20000 */
  readonly headersTimeoutMs?: number;
  /** How often connections are checked for that. @default 5000 */
  readonly checkIntervalMs?: number;
  /** Without a byte in either direction; longer than any service takes for an answer. @default 330000 */
  readonly silenceMs?: number;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** Longer than an ALB's idle timeout (60 s), so that the balancer closes idle connections first, never we. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/**
 * The limits as Fastify takes them. There is none for a whole request, since an upload may take hours as long as bytes
 * arrive. The strict parser is asked for by name: a flag of the process must not switch it off.
 */
export function connectionOptions(limits: ConnectionLimits = {}): {
  readonly http: ServerOptions;
  readonly keepAliveTimeout: number;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
} {
  return {
    http: {
      insecureHTTPParser: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs ?? 20_000,
      connectionsCheckingInterval: limits.checkIntervalMs ?? 5_000,
    },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: limits.silenceMs ?? 330_000,
    requestTimeout: 0,
  };
}
