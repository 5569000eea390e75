import type { IncomingHttpHeaders } from 'node:http';

/** Headers of the W3C Trace Context recommendation. */
export interface TraceContext {
  readonly traceparent: string;
  /** Belongs to the caller's `traceparent` and says nothing without it. */
  readonly tracestate?: string;
}

/** Version 00 has these four fields; later versions may add more. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.+)?$/;
const MAX_TRACEPARENT = 256;
const MAX_TRACESTATE = 512;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const ID_BYTES = TRACE_ID_BYTES + SPAN_ID_BYTES;
/** Random bytes are fetched for this many requests at once: one by one they cost more than the rest of the header. */
const IDS_A_FETCH = 128;

/** Keeps a caller's trace context when it is valid and starts a trace otherwise. */
export class TraceContexts {
  private unused = '';

  constructor(private readonly randomBytes: (size: number) => Buffer) {}

  of({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext {
    if (typeof traceparent !== 'string' || !isValid(traceparent)) return { traceparent: this.start() };
    if (typeof tracestate !== 'string' || tracestate === '' || tracestate.length > MAX_TRACESTATE)
      return { traceparent };
    return { traceparent, tracestate };
  }

  /** Marked as sampled: without a decision of the caller those behind the gateway would record it, too. */
  private start(): string {
    if (this.unused === '') this.unused = this.randomBytes(ID_BYTES * IDS_A_FETCH).toString('hex');
    const traceId = this.unused.slice(0, 2 * TRACE_ID_BYTES);
    const spanId = this.unused.slice(2 * TRACE_ID_BYTES, 2 * ID_BYTES);
    this.unused = this.unused.slice(2 * ID_BYTES);
    return `00-${traceId}-${spanId}-01`;
  }
}

function isValid(traceparent: string): boolean {
  if (traceparent.length > MAX_TRACEPARENT) return false;
  const [, version, more] = TRACEPARENT.exec(traceparent) ?? [];
  return version !== undefined && (version !== '00' || more === undefined);
}
