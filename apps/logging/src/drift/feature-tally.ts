import type { FeatureLayout, FeatureSource } from './feature-layout';

/** Counts of one model version and hour: `counts[i]` of the bin `bins[i]`. */
export interface FeaturePart {
  readonly model: string;
  readonly version: string;
  readonly hourMs: number;
  readonly bins: readonly number[];
  readonly counts: readonly number[];
}

export interface TimedSource extends FeatureSource {
  readonly predictedAtMs: number;
}

interface HourCounts {
  readonly counts: Float64Array;
  events: number;
}

const HOUR_MS = 3_600_000;

/** Sorts events of one model version into its bins, hour by hour. */
export class FeatureTally {
  private readonly hours = new Map<number, HourCounts>();

  constructor(
    private readonly model: string,
    private readonly version: string,
    private readonly layout: FeatureLayout,
  ) {}

  add(event: TimedSource): void {
    const hourMs = Math.floor(event.predictedAtMs / HOUR_MS) * HOUR_MS;
    let hour = this.hours.get(hourMs);
    if (!hour) this.hours.set(hourMs, (hour = { counts: new Float64Array(this.layout.size), events: 0 }));
    this.layout.add(event, hour.counts);
    hour.events += 1;
  }

  /** To be called once, at the end. */
  parts(): FeaturePart[] {
    return [...this.hours].map(([hourMs, { counts, events }]) => {
      this.layout.countMissing(counts, events);
      const bins: number[] = [];
      counts.forEach((count, bin) => {
        if (count !== 0) bins.push(bin);
      });
      const { model, version } = this;
      return { model, version, hourMs, bins, counts: bins.map((bin) => counts[bin] ?? 0) };
    });
  }
}
