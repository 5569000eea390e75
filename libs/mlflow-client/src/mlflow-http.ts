import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '@tidegate/clock';
import { type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import { MlflowError } from './mlflow-error';
import { refusal } from './refusal';
import type { S3Settings } from './s3-store';
import { unreachable } from './unreachable';

/** Basic for MLflow itself, bearer for Tidegate's gateway (an API key). */
export type MlflowCredentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export interface MlflowClientOptions {
  /** `http://mlflow:5000` or, through the gateway, `http://host:8080/api/mlflow`; never with credentials in it. */
  readonly baseUrl: string;
  /** @default none */
  readonly credentials?: MlflowCredentials;
  /** Decides pools, TLS and name look-up. @default undici's global dispatcher */
  readonly dispatcher?: Dispatcher;
  /** For a whole call; for a download until its first byte and between two chunks. @default 10000 */
  readonly timeoutMs?: number;
  /** @default tidegate */
  readonly userAgent?: string;
  /** @default systemClock */
  readonly clock?: Clock;
  /** For artifacts in S3, beside the AWS SDK's own ways to find credentials. @default Amazon's own endpoint */
  readonly s3?: S3Settings;
}

/** One request below the base URL. */
export interface MlflowRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Percent-encoded, from the base URL on, such as `/api/2.0/mlflow/experiments/search`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One file to put below the base URL. */
export interface MlflowUpload {
  /** Percent-encoded, from the base URL on. */
  readonly path: string;
  /** Exactly `sizeBytes` long. */
  readonly bytes: Readable;
  readonly sizeBytes: number;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a message needs to name a call. */
type NamedCall = Pick<MlflowRequest, 'path' | 'signal'> & { readonly method: string };

/** A 2xx answer. */
export interface MlflowAnswer {
  readonly status: number;
  readonly text: string;
}

/** What a health check wants to know; `responseTimeMs` is from the call until the last byte or the failure. */
export type MlflowProbe =
  | { readonly ok: true; readonly status: number; readonly responseTimeMs: number }
  | { readonly ok: false; readonly error: MlflowError; readonly responseTimeMs: number };

/** An answer cannot be larger than this: 200,000 experiments are about 60 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** MLflow answers an upload when it has put the file into its store: slower than this is taken for standing still. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 128;

/** Sends requests and turns everything but a 2xx answer into an {@link MlflowError}. */
export class MlflowHttp {
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly dispatcher: Dispatcher | undefined;
  private readonly timeoutMs: number;
  private readonly clock: Clock;

  constructor(options: MlflowClientOptions) {
    this.base = checkedBase(options.baseUrl);
    this.headers = {
      'user-agent': options.userAgent ?? 'tidegate',
      ...(options.credentials && { authorization: authorization(options.credentials) }),
    };
    this.dispatcher = options.dispatcher;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.clock = options.clock ?? systemClock;
  }

  send(call: MlflowRequest): Promise<MlflowAnswer> {
    return this.withDeadline(call, async (signal) => {
      const response = await this.dispatch(call, signal);
      return { status: response.statusCode, text: await this.readText(call, response.body) };
    });
  }

  async probe(call: MlflowRequest): Promise<MlflowProbe> {
    const startedMs = this.clock.monotonicMs();
    const elapsedMs = (): number => this.clock.monotonicMs() - startedMs;
    try {
      const { status } = await this.send(call);
      return { ok: true, status, responseTimeMs: elapsedMs() };
    } catch (error) {
      if (error instanceof MlflowError) return { ok: false, error, responseTimeMs: elapsedMs() };
      throw error;
    }
  }

  async sendForJson<Schema extends z.ZodType>(
    call: MlflowRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const { text, status } = await this.send(call);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      .slice(0, 3);
    throw new MlflowError(
      'MLFLOW_BAD_RESPONSE',
      `${this.target(call)}: the answer is not what MLflow documents (${problems.join('; ')}).`,
      { httpStatus: status },
    );
  }

  /** Puts a file; `timeoutMs` is longer by a second for every 128 kB of it. */
  async upload({ path, bytes, sizeBytes, signal }: MlflowUpload): Promise<void> {
    const call = { method: 'PUT', path, signal } as const;
    const put = async (stop: AbortSignal): Promise<void> => {
      const headers = { ...this.headers, 'content-length': String(sizeBytes) };
      const options = { method: 'PUT' as const, headers, body: bytes, signal: stop };
      const response = await this.request(path, { ...options, headersTimeout: 0 });
      const text = await this.readText(call, response.body);
      if (response.statusCode >= 300) throw refusal(this.target(call), response.statusCode, text);
    };
    try {
      await this.withDeadline(call, put, this.timeoutMs + sizeBytes / SLOWEST_UPLOAD_BYTES_PER_MS);
    } finally {
      bytes.destroy();
    }
  }

  /** The body as it comes; ending the iteration early closes the connection. */
  async *stream(call: MlflowRequest): AsyncGenerator<Uint8Array, void, undefined> {
    const { body } = await this.withDeadline(call, (signal) => this.dispatch(call, signal));
    const stop = (): void => void body.destroy();
    call.signal?.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of body) yield chunk as Uint8Array;
    } catch (failure) {
      call.signal?.throwIfAborted();
      throw unreachable(this.target(call), failure);
    } finally {
      call.signal?.removeEventListener('abort', stop);
    }
  }

  /** Answers with status and an unread body; rejects with the refusal when the status is not 2xx. */
  private async dispatch(call: MlflowRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query).toString()}`;
    const response = await this.request(`${call.path}${query}`, {
      method: call.method,
      headers:
        call.body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    });
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    throw refusal(this.target(call), response.statusCode, await this.readText(call, response.body));
  }

  private request(
    path: string,
    options: Omit<Dispatcher.RequestOptions, 'path' | 'origin'>,
  ): Promise<Dispatcher.ResponseData> {
    return request(`${this.base}${path}`, {
      ...options,
      bodyTimeout: this.timeoutMs,
      ...(this.dispatcher && { dispatcher: this.dispatcher }),
    });
  }

  private async withDeadline<T>(
    call: NamedCall,
    run: (signal: AbortSignal) => Promise<T>,
    timeoutMs = this.timeoutMs,
  ): Promise<T> {
    call.signal?.throwIfAborted();
    const stopper = new AbortController();
    const stop = (): void => stopper.abort();
    call.signal?.addEventListener('abort', stop, { once: true });
    const timer = this.clock.setTimer(stop, timeoutMs);
    try {
      return await run(stopper.signal);
    } catch (failure) {
      call.signal?.throwIfAborted();
      if (stopper.signal.aborted) throw this.timedOut(call, timeoutMs);
      throw failure instanceof MlflowError ? failure : unreachable(this.target(call), failure);
    } finally {
      timer.cancel();
      call.signal?.removeEventListener('abort', stop);
    }
  }

  private async readText(call: NamedCall, body: Dispatcher.ResponseData['body']): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) {
        throw new MlflowError(
          'MLFLOW_BAD_RESPONSE',
          `${this.target(call)}: the answer is larger than ${MAX_ANSWER_BYTES} bytes.`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  private timedOut(call: NamedCall, timeoutMs: number): MlflowError {
    return new MlflowError(
      'MLFLOW_UNREACHABLE',
      `${this.target(call)}: no complete answer within ${timeoutMs} ms.`,
      { step: 'timeout' },
    );
  }

  private target(call: NamedCall): string {
    return `${call.method} ${this.base}${call.path}`;
  }
}

function checkedBase(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new TypeError(
      'baseUrl of MlflowClient must be http(s)://host[:port][/prefix], without query or fragment.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl of MlflowClient must not hold a user name or password: pass `credentials`.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function authorization(credentials: MlflowCredentials): string {
  switch (credentials.kind) {
    case 'basic':
      return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    case 'bearer':
      return `Bearer ${credentials.token}`;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
