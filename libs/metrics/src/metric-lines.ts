import type { Clock, Timer } from '@tidegate/clock';
import { register, type Registry } from 'prom-client';
import { readSeries, type CloudWatchMetric } from './cloudwatch-metric';

export interface MetricLinesOptions {
  /** CloudWatch namespace, such as `Tidegate/tidegate-dev`. */
  readonly namespace: string;
  /** Value of the only dimension, `Service`. */
  readonly service: string;
  readonly metrics: readonly CloudWatchMetric[];
  /** Takes a line with its line break; must be what the log goes through, so that lines never mix. */
  readonly write: (line: string) => void;
  /** A line could not be made; what it would have counted is in the next one. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** @default prom-client's global registry */
  readonly registry?: Registry;
}

const INTERVAL_MS = 60_000;

/**
 * Once a minute one line of JSON in CloudWatch's embedded metric format, which CloudWatch Logs turns into metrics:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class MetricLines {
  /** Sum of the series of each `growth` metric when the last line was written. */
  private readonly written = new Map<CloudWatchMetric, number>();
  private readonly registry: Registry;
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: MetricLinesOptions) {
    this.registry = options.registry ?? register;
  }

  /** The first line comes after a minute. */
  start(): void {
    this.timer = this.options.clock.setTimer(() => {
      this.writing = this.writing.then(() => this.writeLine());
      this.start();
    }, INTERVAL_MS);
  }

  /** Writes the last line, with what was counted since the one before. */
  stop(): Promise<void> {
    this.timer?.cancel();
    this.stopping ??= this.writing.then(() => this.writeLine());
    return this.stopping;
  }

  private async writeLine(): Promise<void> {
    const { clock, metrics, write, onError } = this.options;
    try {
      const series = await readSeries(this.registry, metrics);
      const nowMs = clock.nowMs();
      const values = new Map<CloudWatchMetric, number>();
      for (const [metric, numbers] of series) {
        const value = this.valueOf(metric, numbers, nowMs);
        if (value !== undefined) values.set(metric, value);
      }
      write(`${JSON.stringify(this.document(values, nowMs))}\n`);
      for (const [metric, numbers] of series) this.written.set(metric, sum(numbers));
    } catch (error) {
      onError(error);
    }
  }

  private valueOf(metric: CloudWatchMetric, numbers: readonly number[], nowMs: number): number | undefined {
    switch (metric.value) {
      case 'growth':
        return sum(numbers) - (this.written.get(metric) ?? 0);
      case 'highest':
        return Math.max(0, ...numbers);
      case 'lowest':
        return numbers.length === 0 ? undefined : Math.min(...numbers);
      case 'age':
        return numbers.length === 0 ? undefined : Math.max(0, nowMs / 1000 - Math.min(...numbers));
    }
  }

  private document(values: ReadonlyMap<CloudWatchMetric, number>, nowMs: number): object {
    const { namespace, service } = this.options;
    const billed = [...values.keys()].filter(({ isOnlyInLog }) => isOnlyInLog !== true);
    const definitions = billed.map(({ name, value, unit }) => ({
      Name: name,
      Unit: unit ?? (value === 'age' ? 'Seconds' : 'Count'),
    }));
    return {
      _aws: {
        Timestamp: nowMs,
        CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['Service']], Metrics: definitions }],
      },
      Service: service,
      ...Object.fromEntries([...values].map(([{ name }, value]) => [name, value])),
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
