import { randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { systemClock, type Clock } from '@tidegate/clock';
import { ALLOWED_MODELS_HEADER, encodeAllowedModels, REQUEST_ID_HEADER } from '@tidegate/schemas';
import type { Upstream } from '../discovery/upstream';
import { Exchange, type UpstreamSide } from './exchange';
import { addForwardedHeaders } from './forwarded-client';
import { requestHeaders, type HeaderList } from './forwarded-headers';
import { hasBody, readBody } from './request-body';
import { isSmallBody, SMALL_BODY_BYTES } from './small-body';
import { TraceContexts } from './trace-context';
import { uploadTooLarge } from './upload-body';

export interface Forwarding {
  readonly upstream: Upstream;
  /** Path and query at the upstream, without its prefix. */
  readonly target: string;
  readonly requestId: string;
  /** Where the caller is, as far as that is believed. */
  readonly clientAddress: string;
  /** Models the upstream limits its answer to; undefined: all. */
  readonly models: ReadonlySet<string> | undefined;
  /** The body when it was read already; otherwise it streams from the request. */
  readonly body: Buffer | undefined;
  /** Headers the gateway adds to the answer, in lower case; asked for just before it is written. */
  readonly ownHeaders: () => OutgoingHttpHeaders;
  /** Called when the answer's head is written: from then on no problem can be answered. */
  readonly onAnswer: () => void;
}

/** Streams requests to an upstream and the answers back; neither is held in memory. */
export class Forwarder {
  private readonly traces = new TraceContexts(randomBytes);

  constructor(
    /** Largest body that streams; undefined: no limit. */
    private readonly maxUploadBytes: number | undefined,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Resolves when the answer was handed over. The upstream request is cancelled when the caller goes away.
   *
   * @throws ProblemError, DnsError or what undici says; then either nothing was answered or the answer broke off.
   */
  async forward(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): Promise<void> {
    const { maxUploadBytes: maxBytes } = this;
    if (forwarding.body !== undefined || !hasBody(request))
      return this.exchange(request, response, forwarding, forwarding.body);
    if (maxBytes !== undefined && Number(request.headers['content-length'] ?? 0) > maxBytes)
      throw uploadTooLarge(maxBytes);
    const body = isSmallBody(request)
      ? await readBody(request, { clock: this.clock, maxBytes: SMALL_BODY_BYTES })
      : { maxBytes };
    return this.exchange(request, response, forwarding, body);
  }

  private exchange(
    request: IncomingMessage,
    response: ServerResponse,
    forwarding: Forwarding,
    body: UpstreamSide['body'],
  ): Promise<void> {
    const { upstream, target, ownHeaders, onAnswer } = forwarding;
    const path = upstream.pathPrefix + target;
    const headers = this.headersOf(request, forwarding);
    return new Promise((resolve, reject) =>
      new Exchange(
        { request, response, clock: this.clock },
        { upstream, path, headers, body, ownHeaders, onAnswer },
        (error) => (error === undefined ? resolve() : reject(error)),
      ).start(),
    );
  }

  private headersOf(request: IncomingMessage, forwarding: Forwarding): HeaderList {
    const { upstream, requestId, clientAddress, models } = forwarding;
    const list = requestHeaders(request.headers);
    list.push('host', upstream.host, REQUEST_ID_HEADER, requestId);
    for (const name in upstream.headers) list.push(name, upstream.headers[name] ?? '');
    if (models !== undefined) list.push(ALLOWED_MODELS_HEADER, encodeAllowedModels(models));
    addForwardedHeaders(list, request, clientAddress);
    const { traceparent, tracestate } = this.traces.of(request.headers);
    list.push('traceparent', traceparent);
    if (tracestate !== undefined) list.push('tracestate', tracestate);
    return list;
  }
}
