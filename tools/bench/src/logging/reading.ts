import type { OwnPostgres } from '@tidegate/testing';
import { setTimeout as wait } from 'node:timers/promises';
import { memoryTrend, type MemoryTrend } from '../memory-growth';
import { residentBytes } from '../process-figures';
import { percentile } from '../statistics';
import type { Workbench } from '../workbench';
import { startLoggingApp, type LoggingApp } from './logging-app';
import { seedLog, type SeededLog } from './seeded-log';

export interface StatsRow {
  readonly what: string;
  /** Predictions the answer counts. */
  readonly counted: number;
  readonly p50Ms: number;
  readonly slowestMs: number;
}

export interface ExportRow {
  readonly format: string;
  readonly rows: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly memory: MemoryTrend;
}

export interface Reading {
  readonly rows: number;
  readonly stats: readonly StatsRow[];
  readonly exports: readonly ExportRow[];
}

const ASKED = 30;
const DAY_MS = 86_400_000;
const EXPORTED_ROWS = 1_000_000;
const MEGABYTE = 1e6;
const SAMPLE_MS = 50;

export async function measureReading(
  bench: Workbench,
  postgres: OwnPostgres,
  millionRows: number,
): Promise<Reading> {
  const databaseUrl = await postgres.createDatabase('reading');
  const app = await startLoggingApp(bench, {
    ...{ label: 'logging', name: 'logging-reading', databaseUrl },
    environment: { RETENTION_DAYS: '60' },
  });
  const seeded = await seedLog(bench, app, { databaseUrl, rows: millionRows * 1e6, now: new Date() });
  bench.say('asking for statistics');
  const stats: StatsRow[] = [];
  for (const [what, bucket] of [
    ['30 days by day', '1d'],
    ['30 days by hour', '1h'],
  ] as const)
    stats.push(await askForStats(app, seeded, { what, bucket }));
  bench.say('exporting');
  const exports: ExportRow[] = [];
  for (const format of ['ndjson', 'csv']) exports.push(await exportRows(app, seeded, format));
  await app.stop();
  return { rows: seeded.rows, stats, exports };
}

async function askForStats(
  { target: { url } }: LoggingApp,
  { fromMs, toMs }: SeededLog,
  { what, bucket }: { what: string; bucket: string },
): Promise<StatsRow> {
  const query = new URLSearchParams({ model: 'digits', bucket, from: iso(fromMs), to: iso(toMs) });
  const tookMs: number[] = [];
  let counted = 0;
  for (let at = 0; at < ASKED; at += 1) {
    const startedMs = performance.now();
    const response = await fetch(`${url}/stats?${query.toString()}`);
    const text = await response.text();
    tookMs.push(performance.now() - startedMs);
    counted = (JSON.parse(text) as { totals: { count: number } }).totals.count;
  }
  return { what, counted, p50Ms: percentile(tookMs, 50), slowestMs: Math.max(...tookMs) };
}

/** As many whole days as come next to a million rows, read and thrown away. */
async function exportRows(
  { target: { url, pid } }: LoggingApp,
  { fromMs, rowsPerDay }: SeededLog,
  format: string,
): Promise<ExportRow> {
  const days = Math.max(1, Math.round(EXPORTED_ROWS / rowsPerDay));
  const query = new URLSearchParams({
    ...{ model: 'digits', format },
    ...{ from: iso(fromMs), to: iso(fromMs + days * DAY_MS) },
  });
  const startedMs = performance.now();
  const response = await fetch(`${url}/predictions?${query.toString()}`);
  if (!response.ok || response.body === null)
    throw new Error(`the export was answered with ${response.status}: ${await response.text()}`);
  const ended = new AbortController();
  const sampling = sampleMemory(pid, ended.signal);
  let bytes = 0;
  let lines = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    lines += lineEnds(part);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  ended.abort();
  const rows = format === 'csv' ? lines - 1 : lines;
  return { format, rows, seconds, megabytes: bytes / MEGABYTE, memory: memoryTrend(await sampling) };
}

/** In megabytes, from now until it is ended. */
async function sampleMemory(pid: number, ended: AbortSignal): Promise<readonly number[]> {
  const megabytes: number[] = [];
  while (!ended.aborted) {
    megabytes.push((residentBytes(pid) ?? NaN) / MEGABYTE);
    await wait(SAMPLE_MS);
  }
  return megabytes;
}

function lineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
