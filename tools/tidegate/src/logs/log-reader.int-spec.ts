import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { useAwsSimulator } from '@tidegate/testing';
import { LogReader, type LogEntry } from './log-reader';

jest.setTimeout(60_000);

const GROUP = '/ecs/tidegate-dev/api';

describe('following a log', () => {
  const aws = useAwsSimulator();
  let client: CloudWatchLogsClient;

  beforeAll(async () => {
    client = new CloudWatchLogsClient(aws.sdk);
    await client.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    for (const task of ['one', 'two'])
      await client.send(
        new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: `api/api/${task}` }),
      );
  });

  const write = (task: string, timestamp: number, message: string) =>
    client.send(
      new PutLogEventsCommand({
        ...{ logGroupName: GROUP, logStreamName: `api/api/${task}` },
        logEvents: [{ timestamp, message }],
      }),
    );

  async function newLines(reader: LogReader): Promise<readonly LogEntry[]> {
    const lines: LogEntry[] = [];
    for await (const page of reader.newPages()) lines.push(...page);
    return lines;
  }

  it('shows each line once, also one that comes late and one of the same millisecond', async () => {
    const now = Date.now();
    const reader = new LogReader(client, GROUP, now - 60_000);
    await write('one', now - 20_000, 'first');
    await write('two', now - 10_000, 'second');
    expect((await newLines(reader)).map(({ task, message }) => [task, message])).toEqual([
      ['one', 'first'],
      ['two', 'second'],
    ]);
    expect(await newLines(reader)).toEqual([]);
    await write('one', now - 10_000, 'same time');
    await write('two', now - 15_000, 'late');
    expect((await newLines(reader)).map(({ message }) => message)).toEqual(['late', 'same time']);
    expect(await newLines(reader)).toEqual([]);
  });
});
