import { createLookup, type AddressBook } from '@tidegate/dns';
import { Pool } from 'undici';

export interface UpstreamOptions {
  /** As it appears in errors and logs. */
  readonly name: string;
  /** Scheme, host, port and path prefix. */
  readonly baseUrl: string;
  /** Headers every request to it carries, such as its credential. */
  readonly headers: Readonly<Record<string, string>>;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** MLflow answers an upload only after it has stored it. */
const ANSWER_TIMEOUT_MS = 300_000;

/** A service requests are forwarded to: its name, its connections, what it is told with every request. */
export class Upstream {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `host[:port]`, the fixed Host header. */
  readonly host: string;
  /** Path prefix without trailing slash; empty for none. */
  readonly pathPrefix: string;
  readonly connections: Pool;

  constructor({ name, baseUrl, headers }: UpstreamOptions, book: AddressBook) {
    const url = new URL(baseUrl);
    this.name = name;
    this.headers = headers;
    this.host = url.host;
    this.pathPrefix = url.pathname.replace(/\/+$/, '');
    this.connections = new Pool(url.origin, {
      connect: { lookup: createLookup(book), timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    });
  }
}
