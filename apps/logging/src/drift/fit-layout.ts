import { binCount, compileBins, fitBins, type BinRule, type FeatureBins } from './feature-bins';
import type { FeatureSource, LayoutDocument } from './feature-layout';
import { featureName, walkLeaves, type FeaturePath, type Scalar } from './feature-leaves';

/** More distinct left-out names than this are not told apart, so that odd events cannot fill the memory. */
const MOST_LEFT_OUT = 100_000;
/** Bins of an earlier version are of use as long as not more of the values than this fall into one of them. */
const MOST_IN_ONE_INHERITED_BIN = 0.5;

interface Seen {
  readonly path: FeaturePath;
  readonly values: Scalar[];
}

/**
 * Finds the features in the first events of a model version and freezes their bins. A feature that an earlier version of
 * the model has too takes over its bins, so that versions can be compared; not when its values have moved so far that most
 * of them would share one bin.
 *
 * @param maxFeatures the first so many scalars, in the order they are met
 */
export function fitLayout(
  events: readonly FeatureSource[],
  maxFeatures: number,
  earlier?: LayoutDocument,
): LayoutDocument {
  const { seen, leftOut } = survey(events, maxFeatures);
  const rules = new Map(earlier?.features.map((feature) => [feature.name, feature]));
  const features = [...seen].map(([name, { path, values }]): FeatureBins => {
    const inherited = rules.get(name);
    const rule = inherited && isOfUse(inherited, values) ? ruleOf(inherited) : fitBins(values, events.length);
    return { name, path, baseline: spread(rule, values, events.length), ...rule };
  });
  return { features, left_out: leftOut, events: events.length };
}

function survey(
  events: readonly FeatureSource[],
  maxFeatures: number,
): { seen: Map<string, Seen>; leftOut: number } {
  const seen = new Map<string, Seen>();
  const leftOut = new Set<string>();
  const leaveOut = (path: FeaturePath): void => {
    if (leftOut.size < MOST_LEFT_OUT) leftOut.add(featureName(path));
  };
  const see = (path: FeaturePath, value: Scalar): void => {
    const name = featureName(path);
    const known = seen.get(name);
    if (known) known.values.push(value);
    else if (seen.size < maxFeatures) seen.set(name, { path, values: [value] });
    else leaveOut(path);
  };
  for (const { inputsJson, outputsJson } of events) {
    if (inputsJson !== null) walkLeaves(JSON.parse(inputsJson), ['inputs'], see, leaveOut);
    walkLeaves(JSON.parse(outputsJson), ['outputs'], see, leaveOut);
  }
  return { seen, leftOut: leftOut.size };
}

function isOfUse(rule: BinRule, values: readonly Scalar[]): boolean {
  const most = Math.max(...spread(rule, values, values.length));
  const mostOfItsOwn = Math.max(...spread(fitBins(values, values.length), values, values.length));
  return most <= Math.max(MOST_IN_ONE_INHERITED_BIN * values.length, mostOfItsOwn);
}

function ruleOf(feature: FeatureBins): BinRule {
  return feature.kind === 'numeric'
    ? { kind: 'numeric', edges: feature.edges }
    : { kind: 'category', values: feature.values };
}

/** How many of the events fall into each bin, `other` and `missing` included. */
function spread(rule: BinRule, values: readonly Scalar[], eventCount: number): number[] {
  const counts = new Array<number>(binCount(rule)).fill(0);
  const binOf = compileBins(rule);
  for (const value of values) {
    const bin = binOf(value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  counts[counts.length - 1] = eventCount - values.length;
  return counts;
}
