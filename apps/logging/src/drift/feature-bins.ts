import type { FeaturePath, Scalar } from './feature-leaves';

/**
 * The bins of one feature, as JSON. After its own bins each has two more: `other` (a value the bins do not know: another
 * category, or text where there were numbers) and `missing` (absent or null).
 */
export type FeatureBins = {
  readonly name: string;
  readonly path: FeaturePath;
  /** How the first events fell into the bins, `other` and `missing` included. */
  readonly baseline: readonly number[];
} & BinRule;

/** Numeric: bin i holds `edges[i-1] < x <= edges[i]`. Category: one bin for each of `values`. */
export type BinRule =
  | { readonly kind: 'numeric'; readonly edges: readonly number[] }
  | { readonly kind: 'category'; readonly values: readonly string[] };

const MAX_CATEGORIES = 50;
/** Up to so many different integers are categories: labels, flags, grades. */
const FEW_INTEGERS = 20;
const MAX_CATEGORY_LENGTH = 100;
/** A value that fewer of the first events share is not kept as a category: it may say who somebody is. */
const SMALLEST_CATEGORY_SHARE = 0.01;
const SMALLEST_CATEGORY = 2;
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** The bins that fit these values of the first events. */
export function fitBins(values: readonly Scalar[], eventCount: number): BinRule {
  const numbers = values.filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === values.length && !isFewIntegers(numbers);
  return isNumeric
    ? { kind: 'numeric', edges: decileEdges(numbers) }
    : { kind: 'category', values: topCategories(values, eventCount) };
}

/** How many bins a rule makes, with `other` and `missing`. */
export function binCount(rule: BinRule): number {
  return (rule.kind === 'numeric' ? rule.edges.length + 1 : rule.values.length) + 2;
}

/** The bin of a value that is there; a rule is compiled once and asked often. */
export function compileBins(rule: BinRule): (value: unknown) => number {
  const other = binCount(rule) - 2;
  if (rule.kind === 'numeric')
    return (value) => (typeof value === 'number' ? edgesBelow(rule.edges, value) : other);
  const binOf = new Map(rule.values.map((value, bin) => [value, bin]));
  return (value) => (typeof value === 'object' ? other : (binOf.get(categoryOf(value as Scalar)) ?? other));
}

function isFewIntegers(numbers: readonly number[]): boolean {
  return numbers.every(Number.isInteger) && new Set(numbers).size <= FEW_INTEGERS;
}

/** Deciles as `numpy.quantile` has them (linear, to the last bit), each once. */
function decileEdges(numbers: readonly number[]): number[] {
  const sorted = Float64Array.from(numbers).sort();
  const edges = DECILES.map((share) => {
    const rank = (sorted.length - 1) * share;
    const below = sorted[Math.floor(rank)] ?? 0;
    const above = sorted[Math.ceil(rank)] ?? 0;
    const weight = rank - Math.floor(rank);
    return weight < 0.5 ? below + (above - below) * weight : above - (above - below) * (1 - weight);
  });
  return [...new Set(edges)];
}

/** The most frequent values, those of the same frequency by their text. */
function topCategories(values: readonly Scalar[], eventCount: number): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(categoryOf(value), (counts.get(categoryOf(value)) ?? 0) + 1);
  const fewest = Math.max(SMALLEST_CATEGORY, Math.ceil(eventCount * SMALLEST_CATEGORY_SHARE));
  return [...counts]
    .filter(([, count]) => count >= fewest)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, MAX_CATEGORIES)
    .map(([value]) => value);
}

function categoryOf(value: Scalar): string {
  return typeof value === 'string' ? value.slice(0, MAX_CATEGORY_LENGTH) : String(value);
}

/** How many edges are smaller than `value`: the first bin whose edge is not. */
function edgesBelow(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
