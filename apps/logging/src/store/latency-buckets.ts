/**
 * The one histogram of latencies: bucket 0 is below 1 µs; bucket i reaches from 2^((i-1)/8) to 2^(i/8) µs, so it is 9.05 %
 * wide; the last one holds a day. Never change it: counts of different widths cannot be added.
 */
const BUCKETS_PER_DOUBLING = 8;
const US_PER_MS = 1000;
const LONGEST_MS = 86_400_000;

/**
 * How far a quantile from the histogram may be from the exact one, as a share of it: half a bucket, geometrically, and
 * the rounding (2^(1/16) - 1 is 4.43 %).
 */
export const QUANTILE_ERROR = 0.045;

/** The bucket of a latency, 0 … 292. */
export function latencyBucket(latencyMs: number): number {
  const us = Math.min(latencyMs, LONGEST_MS) * US_PER_MS;
  return us < 1 ? 0 : Math.floor(Math.log2(us) * BUCKETS_PER_DOUBLING) + 1;
}

/** The geometric middle of each bucket, in milliseconds, to four digits: more of them would say nothing. */
const MIDDLES = Array.from({ length: latencyBucket(LONGEST_MS) + 1 }, (_, bucket) =>
  bucket === 0 ? 0 : Number((2 ** ((bucket - 0.5) / BUCKETS_PER_DOUBLING) / US_PER_MS).toPrecision(4)),
);

/** What a latency of this bucket is taken for. */
export function latencyOfBucket(bucket: number): number {
  return MIDDLES[bucket] ?? LONGEST_MS;
}

/** Counts by bucket, from the lowest used one to the highest. */
export class LatencyCounts {
  private lowest = 0;
  private counts: number[] = [];

  add(bucket: number, count: number): void {
    if (this.counts.length === 0) this.lowest = bucket;
    while (bucket < this.lowest) {
      this.counts.unshift(0);
      this.lowest -= 1;
    }
    while (bucket >= this.lowest + this.counts.length) this.counts.push(0);
    const index = bucket - this.lowest;
    this.counts[index] = (this.counts[index] ?? 0) + count;
  }

  addAll(other: LatencyCounts): void {
    other.counts.forEach((count, index) => this.add(other.lowest + index, count));
  }

  /** The nearest-rank quantiles of these shares, ascending, in milliseconds; null without any latency. */
  quantiles(shares: readonly number[]): (number | null)[] {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return shares.map(() => null);
    let seen = 0;
    let next = 0;
    return shares.map((share) => {
      const rank = Math.max(1, Math.ceil(share * total));
      while (seen < rank && next < this.counts.length) seen += this.counts[next++] ?? 0;
      return latencyOfBucket(this.lowest + next - 1);
    });
  }

  /** As PostgreSQL writes an array with a lower bound: `[90:92]={3,0,1}`. */
  toSql(): string {
    if (this.counts.length === 0) return '{}';
    return `[${this.lowest}:${this.lowest + this.counts.length - 1}]={${this.counts.join(',')}}`;
  }

  /** Adds what {@link toSql} or PostgreSQL wrote; without a bound an array begins at 1. */
  addSql(text: string): void {
    const start = text.indexOf('{') + 1;
    if (text[start] === '}') return;
    const lowest = start === 1 ? 1 : Number(text.slice(1, text.indexOf(':')));
    const counts = text.slice(start, -1).split(',').map(Number);
    if (this.counts.length === 0) {
      this.lowest = lowest;
      this.counts = counts;
    } else counts.forEach((count, index) => this.add(lowest + index, count));
  }
}
