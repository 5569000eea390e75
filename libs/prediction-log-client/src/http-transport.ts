import type { Clock } from '@tidegate/clock';
import { INTERNAL_TOKEN_HEADER, type LogItemResult } from '@tidegate/schemas';
import { type Dispatcher, request } from 'undici';
import type { EventBlock } from './event-block';
import type { Delivery, EventTransport } from './event-transport';

export interface HttpTransportOptions {
  /** Base address of the logging app, as `http://host:8001`; `/log` is added. */
  readonly url: string;
  /** Sent as the shared secret of the services. @default none */
  readonly internalToken?: string;
  /** Decides pools and name look-up. @default undici's global dispatcher */
  readonly dispatcher?: Dispatcher;
  /** For one batch, from the call until its answer is read. @default 10000 */
  readonly timeoutMs?: number;
}

/** Sends batches as arrays to `POST /log`. */
export class HttpTransport implements EventTransport {
  private readonly target: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timeoutMs: number;

  constructor(
    private readonly options: HttpTransportOptions,
    private readonly clock: Clock,
  ) {
    this.target = `${options.url.replace(/\/+$/, '')}/log`;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.headers = {
      'content-type': 'application/json',
      ...(options.internalToken !== undefined && { [INTERNAL_TOKEN_HEADER]: options.internalToken }),
    };
  }

  async send(batch: EventBlock, signal: AbortSignal): Promise<Delivery> {
    const stopper = new AbortController();
    const stop = (): void => stopper.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const timer = this.clock.setTimer(stop, this.timeoutMs);
    try {
      return await this.post(batch, stopper.signal);
    } catch (failure) {
      const reason = signal.aborted
        ? 'given up'
        : stopper.signal.aborted
          ? `no answer within ${this.timeoutMs} ms`
          : describe(failure);
      return { kind: 'unavailable', reason: `POST ${this.target}: ${reason}` };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', stop);
    }
  }

  private async post(batch: EventBlock, signal: AbortSignal): Promise<Delivery> {
    const answer = await request(this.target, {
      method: 'POST',
      headers: this.headers,
      body: batch.json(),
      signal,
      ...(this.options.dispatcher && { dispatcher: this.options.dispatcher }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return this.accepted(text, batch.size);
    const reason = `POST ${this.target}: HTTP ${answer.statusCode} ${text.slice(0, 300)}`;
    if (answer.statusCode === 413) return { kind: 'too-large', reason };
    if (answer.statusCode === 400 || answer.statusCode === 422) return { kind: 'refused', reason };
    return { kind: 'unavailable', reason, ...retryAfter(answer.headers['retry-after']) };
  }

  /** The totals are checked; the items are looked at only when some were rejected, since there are thousands a second. */
  private accepted(text: string, size: number): Delivery {
    const { stored, duplicates, rejected, spooled = 0, results } = totalsOf(text);
    if (stored + duplicates + rejected + spooled !== size) {
      const reason = `POST ${this.target} did not answer as the logging app does: check LOGGING_URL`;
      return { kind: 'unavailable', reason };
    }
    const kept = { kind: 'accepted', stored: stored + spooled, duplicates, rejected } as const;
    if (rejected === 0) return kept;
    const items = Array.isArray(results) ? (results as readonly Partial<LogItemResult>[]) : [];
    const rejectedIndexes = items.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    const reason = items[rejectedIndexes[0] ?? -1]?.reason;
    return { ...kept, rejectedIndexes, ...(reason !== undefined && { reason }) };
  }
}

interface Totals {
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Kept on the receiver's disk for now. */
  readonly spooled?: number;
  readonly results?: unknown;
}

/** What nearly every answer begins with: then its items, one for each event, need not be parsed. */
const NONE_REJECTED =
  /^\{"stored":(\d{1,9}),"duplicates":(\d{1,9}),(?:"spooled":(\d{1,9}),)?"rejected":0,"results":\[/;

/** NaN for what is missing, so that no sum comes out right. */
function totalsOf(text: string): Totals {
  const [, allStored, allDuplicates, allSpooled] = NONE_REJECTED.exec(text) ?? [];
  if (allStored !== undefined) {
    const spooled = Number(allSpooled ?? 0);
    return { stored: Number(allStored), duplicates: Number(allDuplicates), spooled, rejected: 0 };
  }
  const parsed = jsonOf(text);
  const answer = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Partial<Totals>;
  const { stored = NaN, duplicates = NaN, rejected = NaN, ...rest } = answer;
  return { stored, duplicates, rejected, ...rest };
}

/** Only the form in seconds: the logging app sends no dates. */
function retryAfter(header: string | string[] | undefined): { retryAfterMs?: number } {
  return typeof header === 'string' && /^\d{1,5}$/.test(header)
    ? { retryAfterMs: Number(header) * 1000 }
    : {};
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe(failure: unknown): string {
  const code = (failure as { code?: unknown } | null)?.code;
  const message = failure instanceof Error ? failure.message : String(failure);
  return typeof code === 'string' && !message.includes(code) ? `${code} ${message}` : message;
}
