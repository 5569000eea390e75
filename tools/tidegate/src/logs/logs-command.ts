import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { lookPatiently } from '../aws-patience';
import { ExitCode } from '../exit-code';
import type { LogsCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import type { Paint } from '../terminal/paint';
import { LogReader, type LogEntry } from './log-reader';

const FOLLOW_MS = 2_000;
/** For how long one who follows puts up with an AWS that does not answer. */
const FOLLOW_PATIENCE_MS = 60_000;
const SHOWN_OF_ID = 8;

/** `tidegate logs`: with `--follow` it never returns. */
export async function logs(command: LogsCommand, context: OperationsContext): Promise<ExitCode> {
  const { installation, service, sinceMs, isFollowing, isJson } = command;
  const { clock, sleep, print, note, paint } = context;
  const { prefix, region } = installation;
  const group = `/ecs/${prefix}/${service}`;
  const startMs = clock.nowMs() - sinceMs;
  const reader = new LogReader(new CloudWatchLogsClient({ region }), group, startMs);
  let shown = 0;
  const showNew = async (): Promise<void> => {
    for await (const page of reader.newPages()) {
      for (const entry of page) print(isJson ? jsonLine(entry) : textLine(entry, paint));
      shown += page.length;
    }
  };
  note(`Reading ${group} from ${new Date(startMs).toISOString()} on …`);
  await showNew();
  if (shown === 0) note(`Nothing was written to ${group} in this time; --since goes further back.`);
  while (isFollowing) {
    await sleep(FOLLOW_MS);
    await lookPatiently(showNew, { region, patienceMs: FOLLOW_PATIENCE_MS }, context);
  }
  return ExitCode.ok;
}

function textLine({ at, task, message }: LogEntry, paint: Paint): string {
  return `${paint.faint(`${at.toISOString()} ${task.slice(0, SHOWN_OF_ID)}`)} ${message}`;
}

function jsonLine({ at, task, message }: LogEntry): string {
  return JSON.stringify({ at, task, message });
}
