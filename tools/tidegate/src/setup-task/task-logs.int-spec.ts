import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { useAwsSimulator } from '@tidegate/testing';
import { allLogLines, lastLogLines } from './task-logs';

jest.setTimeout(60_000);

/** As many as CloudWatch takes and gives at once. */
const PAGE = 10_000;
const GROUP = '/ecs/tidegate-dev/setup';

const container = {
  name: 'mlflow-schema',
  logConfiguration: {
    logDriver: 'awslogs' as const,
    options: { 'awslogs-group': GROUP, 'awslogs-stream-prefix': 'setup' },
  },
};

describe('the log of a task', () => {
  const aws = useAwsSimulator();

  it('is read to its end, however long it is, or only its last lines', async () => {
    const logs = new CloudWatchLogsClient(aws.sdk);
    const stream = { logGroupName: GROUP, logStreamName: 'setup/mlflow-schema/t1' };
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await logs.send(new CreateLogStreamCommand(stream));
    const lines = Array.from({ length: PAGE + 3 }, (_, index) => `line ${index}`);
    const startMs = Date.now() - lines.length;
    const events = lines.map((message, index) => ({ message, timestamp: startMs + index }));
    for (const logEvents of [events.slice(0, PAGE), events.slice(PAGE)])
      await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));

    expect(await allLogLines(logs, container, 't1')).toEqual(lines);
    expect(await lastLogLines(logs, container, 't1', 2)).toEqual(lines.slice(-2));
  });

  it('is empty for a task that wrote none, or not to CloudWatch', async () => {
    const logs = new CloudWatchLogsClient(aws.sdk);
    expect(await allLogLines(logs, container, 't2')).toEqual([]);
    expect(await allLogLines(logs, { name: 'x' }, 't1')).toEqual([]);
  });
});
