import {
  ResourceNotFoundException,
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { CommandError } from '../command-error';

export interface LogEntry {
  readonly id: string;
  readonly at: Date;
  /** Id of the task that wrote it. */
  readonly task: string;
  readonly message: string;
}

/** CloudWatch takes lines in late: so far back each look goes again. */
const OVERLAP_MS = 30_000;

/** New lines of a log group, of all its tasks, by time; none twice. */
export class LogReader {
  private fromMs: number;
  /** Ids of lines that a later look may find again, with their time. */
  private readonly shown = new Map<string, number>();

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly group: string,
    sinceMs: number,
  ) {
    this.fromMs = sinceMs;
  }

  /** @throws CommandError when there is no such group */
  async next(): Promise<readonly LogEntry[]> {
    const found = (await this.read()).filter(({ id }) => !this.shown.has(id));
    found.sort((one, other) => one.at.getTime() - other.at.getTime());
    for (const { id, at } of found) this.shown.set(id, at.getTime());
    const newest = found.at(-1);
    if (newest !== undefined) this.fromMs = Math.max(this.fromMs, newest.at.getTime() - OVERLAP_MS);
    for (const [id, atMs] of this.shown) if (atMs < this.fromMs) this.shown.delete(id);
    return found;
  }

  private async read(): Promise<LogEntry[]> {
    const request = { logGroupName: this.group, startTime: this.fromMs };
    const entries: LogEntry[] = [];
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, request))
        for (const { eventId = '', timestamp = 0, logStreamName = '', message = '' } of events)
          entries.push({
            id: eventId,
            at: new Date(timestamp),
            task: logStreamName.split('/').at(-1) ?? '',
            message: message.trimEnd(),
          });
      return entries;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new CommandError(
        `There is no log group ${this.group}: expected that of a deployed service. ` +
          'Is it another region or project? Say so with --region or --project; "tidegate status <env>" lists the services.',
      );
    }
  }
}
