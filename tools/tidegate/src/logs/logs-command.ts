import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ExitCode } from '../exit-code';
import type { LogsCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import type { Paint } from '../terminal/paint';
import { LogReader, type LogEntry } from './log-reader';

const FOLLOW_MS = 2_000;
const SHOWN_OF_ID = 8;

/** `tidegate logs`: with `--follow` it never returns. */
export async function logs(command: LogsCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service, sinceMs, isFollowing, isJson } = command;
  const { clock, sleep, print, note, paint } = context;
  const client = new CloudWatchLogsClient({ region: installation.region });
  const group = `/ecs/${installation.prefix}/${service}`;
  const reader = new LogReader(client, group, clock.nowMs() - sinceMs);
  let isFirst = true;
  for (;;) {
    const entries = await reader.next();
    for (const entry of entries) print(isJson ? jsonLine(entry) : textLine(entry, paint));
    if (isFirst && entries.length === 0)
      note(`Nothing was written to ${group} in this time; --since goes further back.`);
    isFirst = false;
    if (!isFollowing) return ExitCode.ok;
    await sleep(FOLLOW_MS);
  }
}

function textLine({ at, task, message }: LogEntry, paint: Paint): string {
  return `${paint.faint(`${at.toISOString()} ${task.slice(0, SHOWN_OF_ID)}`)} ${message}`;
}

function jsonLine({ at, task, message }: LogEntry): string {
  return JSON.stringify({ at, task, message });
}
