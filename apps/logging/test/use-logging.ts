import type { RunningService } from '@tidegate/bootstrap';
import { createPool } from '@tidegate/database';
import { useTestPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import type { DestinationStream } from 'pino';
import { eventually, startLogging, statusOf } from './logging-app';

export interface LoggingUnderTest {
  readonly url: string;
  /** Of the log, to look what is stored. */
  readonly database: Pool;
}

/**
 * To be called in a `describe`: the prediction log on a database of its own, ready before the tests, gone afterwards. The
 * properties work inside hooks and tests.
 */
export function useLogging(
  settings?: Readonly<Record<string, string>>,
  logDestination?: DestinationStream,
): LoggingUnderTest {
  const postgres = useTestPostgres();
  let service: RunningService;
  let database: Pool;
  beforeAll(async () => {
    const databaseUrl = await postgres.createDatabase();
    database = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
    service = await startLogging(databaseUrl, settings, logDestination);
    await eventually(async () => (await statusOf(`${service.url}/ready`)) === 200);
  });
  afterAll(async () => {
    await service.shutdown('test');
    await database.end();
  });
  return {
    get url() {
      return service.url;
    },
    get database() {
      return database;
    },
  };
}
