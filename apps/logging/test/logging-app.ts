import { setTimeout as wait } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { startService, type RunningService } from '@tidegate/bootstrap';
import { logAnswerSchema, type LogAnswer } from '@tidegate/schemas';
import type { DestinationStream } from 'pino';
import { register } from 'prom-client';
import { loggingService } from '../src/app.module';
import { loadLoggingConfig } from '../src/logging.config';

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });

/** The prediction log in this process, on a free port. One at a time: metrics are one registry a process. */
export async function startLogging(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
  logDestination: DestinationStream = silent,
): Promise<RunningService> {
  register.clear();
  const config = loadLoggingConfig({
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    DEFECT_RULES: '{"digits":{"output":"label","labels":["8"]}}',
    // A slow machine is no database that is away.
    COMMIT_TIMEOUT_MS: '15000',
    ...settings,
  });
  return startService({ ...loggingService(config), logDestination });
}

/** Waits until `check` holds; the test's own time limit ends it. */
export async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await wait(50);
}

export async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

export async function readJson(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

export interface LogReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function post(
  url: string,
  body: string | Buffer | object,
  contentType = 'application/json',
): Promise<LogReply> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const response = await fetch(`${url}/log`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: isRaw ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export function answerOf(reply: LogReply): LogAnswer {
  return logAnswerSchema.parse(reply.body);
}

let made = 0;

/** A valid event of its own id. */
export function newEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  made += 1;
  return {
    id: `event-${process.pid}-${made}`,
    timestamp: new Date().toISOString(),
    model: 'digits',
    version: '1',
    outputs: { label: '3' },
    latency_ms: 2,
    ...changes,
  };
}

/** A UUIDv7 of this time (Unix milliseconds). */
export function uuidV7(timeMs: number): string {
  const time = Math.floor(timeMs).toString(16).padStart(12, '0');
  made += 1;
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

/** The value of one of the `logging_…` metrics. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}{service="cloud-logging-api"}`));
  if (line === undefined) throw new Error(`/metrics has no ${name} with the service label.`);
  return Number(line.split(' ').at(-1));
}
