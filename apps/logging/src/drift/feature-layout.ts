import { binCount, compileBins, type FeatureBins } from './feature-bins';
import type { FeaturePath } from './feature-leaves';

/** How the bins of all features of a model version follow one another; frozen once made. As JSON. */
export interface LayoutDocument {
  readonly features: readonly FeatureBins[];
  /** Scalars of the first events that are no features, since there are too many or they are too deep. */
  readonly left_out: number;
  /** How many events the bins were made from. */
  readonly events: number;
}

/** What a writer has at hand of an event. */
export interface FeatureSource {
  readonly inputsJson: string | null;
  readonly outputsJson: string;
}

/** Part of the tree of paths, so that a value is walked once and no path is ever put together. */
interface PathNode {
  feature?: { readonly offset: number; readonly binOf: (value: unknown) => number };
  fields?: Map<string, PathNode>;
  items?: (PathNode | undefined)[];
}

/** Sorts events into the bins of their model version. */
export class FeatureLayout {
  private readonly root: PathNode = {};
  /** The first bin of each feature. */
  readonly offsets: readonly number[];
  readonly size: number;

  constructor(readonly document: LayoutDocument) {
    let size = 0;
    this.offsets = document.features.map((feature) => {
      const offset = size;
      nodeAt(this.root, feature.path).feature = { offset, binOf: compileBins(feature) };
      size += binCount(feature);
      return offset;
    });
    this.size = size;
  }

  /** Adds an event to counts of {@link size} bins; what is missing in it is not counted. */
  add({ inputsJson, outputsJson }: FeatureSource, counts: Float64Array): void {
    const inputs = inputsJson === null ? null : (JSON.parse(inputsJson) as unknown);
    visit(this.root, { inputs, outputs: JSON.parse(outputsJson) as unknown }, counts);
  }

  /** Of `eventCount` events, those that no other bin of a feature counted are missing there. */
  countMissing(counts: Float64Array, eventCount: number): void {
    this.offsets.forEach((offset, index) => {
      const missing = (this.offsets[index + 1] ?? this.size) - 1;
      let found = 0;
      for (let bin = offset; bin < missing; bin += 1) found += counts[bin] ?? 0;
      counts[missing] = eventCount - found;
    });
  }
}

function nodeAt(root: PathNode, path: FeaturePath): PathNode {
  let node = root;
  for (const step of path) {
    let next = typeof step === 'number' ? node.items?.[step] : node.fields?.get(step);
    if (next === undefined) {
      next = {};
      if (typeof step === 'number') (node.items ??= [])[step] = next;
      else (node.fields ??= new Map()).set(step, next);
    }
    node = next;
  }
  return node;
}

function visit(node: PathNode, value: unknown, counts: Float64Array): void {
  if (value === null || value === undefined) return;
  if (node.feature) {
    const bin = node.feature.offset + node.feature.binOf(value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  if (typeof value !== 'object') return;
  if (Array.isArray(value)) {
    const length = Math.min(value.length, node.items?.length ?? 0);
    for (let index = 0; index < length; index += 1) {
      const child = node.items?.[index];
      if (child) visit(child, value[index], counts);
    }
  } else if (node.fields)
    for (const [field, child] of node.fields)
      if (Object.hasOwn(value, field)) visit(child, (value as Record<string, unknown>)[field], counts);
}
