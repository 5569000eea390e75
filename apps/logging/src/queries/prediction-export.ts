import { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock, Timer } from '@tidegate/clock';
import { orUnavailable } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import type { ConcurrencyLimit } from '../store/concurrency-limit';
import type { ExportFormat, ExportRow } from './export-format';
import { predictionConditions, type PredictionFilter } from './prediction-conditions';

/** Few enough that a batch of large rows stays small, many enough that the way to the database does not matter. */
const ROWS_AT_ONCE = 500;
const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const COLUMNS = `
  id, to_char(predicted_at AT TIME ZONE 'UTC', ${TIME}) AS timestamp, model, version, alias, inputs::text AS inputs,
  outputs::text AS outputs, latency_ms, is_defect AS defect, request_id, traceparent, metadata::text AS metadata, subject,
  to_char(received_at AT TIME ZONE 'UTC', ${TIME}) AS received_at`;

export interface ExportSettings {
  /** How long an export may take: until then it holds partitions and old row versions. */
  readonly exportTimeoutMs: number;
}

/**
 * Writes all predictions of a filter, newest first, as one snapshot shows them: a cursor of PostgreSQL, read as fast as the
 * caller takes the rows, so that nothing piles up. Whatever goes wrong after the first row cuts the stream: a file that
 * looks complete is complete.
 */
@Injectable()
export class PredictionExport implements OnApplicationShutdown {
  constructor(
    /** Of its own: exports are slow, and ingestion must not wait for a connection. */
    private readonly pool: Pool,
    private readonly limit: ConcurrencyLimit,
    private readonly clock: Clock,
    private readonly settings: ExportSettings,
  ) {}

  /**
   * Resolves when the first rows are there, so that a database that is away is an answer of its own.
   *
   * @throws ProblemError OVERLOADED. @throws DatabaseUnavailable
   */
  async open(filter: PredictionFilter, format: ExportFormat): Promise<Readable> {
    const leave = await this.limit.enter();
    let client: PoolClient | undefined;
    try {
      const connected = (client = await orUnavailable(() => this.pool.connect()));
      const firstRows = await orUnavailable(() => declareCursor(connected, filter));
      return this.stream(connected, firstRows, format, leave);
    } catch (error) {
      client?.release(true);
      leave();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private stream(
    client: PoolClient,
    firstRows: ExportRow[],
    format: ExportFormat,
    leave: () => void,
  ): Readable {
    const stream = Readable.from(linesOf(client, firstRows, format), { objectMode: false });
    const timer = this.endInTime(stream);
    // Also when the caller leaves. The rest of a statement that still runs is of no use: its connection is dropped.
    stream.once('close', () => {
      timer.cancel();
      client.release(true);
      leave();
    });
    return stream;
  }

  private endInTime(stream: Readable): Timer {
    const { exportTimeoutMs } = this.settings;
    const error = new Error(`the export took more than ${exportTimeoutMs} ms (EXPORT_TIMEOUT_MS)`);
    return this.clock.setTimer(() => stream.destroy(error), exportTimeoutMs);
  }
}

async function declareCursor(client: PoolClient, filter: PredictionFilter): Promise<ExportRow[]> {
  await client.query('BEGIN READ ONLY');
  // The caller may take rows slowly; the time of the whole export is bounded by us.
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  const conditions = await predictionConditions(client, filter);
  await client.query(
    `DECLARE export NO SCROLL CURSOR FOR SELECT ${COLUMNS} FROM predictions ${conditions.where()}
     ORDER BY predicted_at DESC, predictions.id DESC, predictions.day DESC`,
    conditions.values,
  );
  return fetchRows(client);
}

async function fetchRows(client: PoolClient): Promise<ExportRow[]> {
  const { rows } = await client.query<ExportRow>(`FETCH ${ROWS_AT_ONCE} FROM export`);
  return rows;
}

async function* linesOf(
  client: PoolClient,
  firstRows: ExportRow[],
  format: ExportFormat,
): AsyncGenerator<string, void, void> {
  if (format.head !== '') yield format.head;
  for (let rows = firstRows; rows.length > 0; rows = await fetchRows(client))
    yield rows.map((row) => format.line(row)).join('');
}
