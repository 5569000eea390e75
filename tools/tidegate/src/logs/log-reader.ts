import {
  ResourceNotFoundException,
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
  type FilteredLogEvent,
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

  /**
   * A look, page by page; each begins where the one before ended. After a failure the next look gives what was not given yet.
   *
   * @throws CommandError when there is no such group
   */
  async *newPages(): AsyncGenerator<readonly LogEntry[]> {
    // CloudWatch always merges the tasks by time; the simulator does so only when it is told to.
    const request = { logGroupName: this.group, startTime: this.fromMs, interleaved: true };
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, request)) {
        const found = events.map(entryOf).filter(({ id }) => !this.shown.has(id));
        found.sort((one, other) => one.at.getTime() - other.at.getTime());
        this.remember(found);
        yield found;
      }
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new CommandError(
        `There is no log group ${this.group}: expected that of a deployed service. ` +
          'Is it another region or project? Say so with --region or --project; "tidegate status <env>" lists the services.',
      );
    }
  }

  private remember(found: readonly LogEntry[]): void {
    for (const { id, at } of found) this.shown.set(id, at.getTime());
    const newest = found.at(-1);
    if (newest !== undefined) this.fromMs = Math.max(this.fromMs, newest.at.getTime() - OVERLAP_MS);
    for (const [id, atMs] of this.shown) if (atMs < this.fromMs) this.shown.delete(id);
  }
}

function entryOf({
  eventId = '',
  timestamp = 0,
  logStreamName = '',
  message = '',
}: FilteredLogEvent): LogEntry {
  return {
    id: eventId,
    at: new Date(timestamp),
    task: logStreamName.split('/').at(-1) ?? '',
    message: message.trimEnd(),
  };
}
