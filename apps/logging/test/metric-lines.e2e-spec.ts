import { useTestPostgres } from '@tidegate/testing';
import { eventually, newEvent, post, startLogging, statusOf } from './logging-app';

describe('the metric lines of the prediction log for CloudWatch', () => {
  const postgres = useTestPostgres();

  it('count stored events, defects and errors', async () => {
    const log: string[] = [];
    const service = await startLogging(
      await postgres.createDatabase(),
      { METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-test' },
      { write: (line) => void log.push(line) },
    );
    await eventually(async () => (await statusOf(`${service.url}/ready`)) === 200);
    await post(service.url, [newEvent(), newEvent({ outputs: { label: '8' } }), { id: 'no event' }]);
    await service.shutdown('SIGTERM');

    expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({
      Service: 'logging',
      EventsStored: 2,
      Defects: 1,
      EventErrors: 1,
      DatabaseInitialized: 1,
      SpoolReady: 1,
      SpoolRecords: 0,
      SpoolSetAside: 0,
      DefaultPartitionRows: 0,
      Http5xx: 0,
    });
  });
});
