import { compileBins, type FeatureBins } from './feature-bins';
import { FeatureLayout, type FeatureSource } from './feature-layout';
import { FeatureTally } from './feature-tally';
import { fitLayout } from './fit-layout';

const event = (inputs: unknown, outputs: unknown = 1): FeatureSource => ({
  inputsJson: inputs === undefined ? null : JSON.stringify(inputs),
  outputsJson: JSON.stringify(outputs),
});
const many = (count: number, inputsOf: (index: number) => unknown): FeatureSource[] =>
  Array.from({ length: count }, (_, index) => event(inputsOf(index)));
const featureOf = (events: FeatureSource[], name: string, maxFeatures = 200): FeatureBins | undefined =>
  fitLayout(events, maxFeatures).features.find((feature) => feature.name === name);

describe('the bins of a feature', () => {
  it('are deciles of numbers, each edge once', () => {
    expect(
      featureOf(
        many(101, (index) => ({ x: index })),
        'inputs.x',
      ),
    ).toMatchObject({
      kind: 'numeric',
      edges: [10, 20, 30, 40, 50, 60, 70, 80, 90],
    });
    expect(
      featureOf(
        many(100, (index) => ({ x: index < 95 ? 0.5 : index })),
        'inputs.x',
      ),
    ).toMatchObject({
      edges: [0.5],
    });
  });

  it('are categories of text, truth values and few integers', () => {
    const events = many(100, (index) => ({
      t: index % 3 === 0 ? 'a' : 'b',
      b: index % 2 === 0,
      i: index % 20,
    }));
    expect(featureOf(events, 'inputs.t')).toMatchObject({ kind: 'category', values: ['b', 'a'] });
    expect(featureOf(events, 'inputs.b')).toMatchObject({ kind: 'category', values: ['false', 'true'] });
    expect(featureOf(events, 'inputs.i')).toMatchObject({ kind: 'category' });
    expect(
      featureOf(
        many(100, (index) => ({ i: index % 21 })),
        'inputs.i',
      ),
    ).toMatchObject({ kind: 'numeric' });
  });

  it('are at most 50 categories, and none that few events share: it may be a name', () => {
    const events = many(1000, (index) => ({ city: `c${index % 60}`, name: `n${index}` }));
    const values = (name: string): readonly string[] => {
      const feature = featureOf(events, name);
      return feature?.kind === 'category' ? feature.values : [];
    };
    expect(values('inputs.city')).toHaveLength(50);
    expect(values('inputs.name')).toEqual([]);
  });

  it('take a value at an edge into the bin below, and strange values into "other"', () => {
    const numeric = compileBins({ kind: 'numeric', edges: [1, 2] });
    expect([0, 1, 1.5, 2, 3, 'x', true, {}].map(numeric)).toEqual([0, 0, 1, 1, 2, 3, 3, 3]);
    const category = compileBins({ kind: 'category', values: ['a', '1'] });
    expect(['a', 1, '1', 'b', {}].map(category)).toEqual([0, 1, 1, 2, 2]);
  });
});

describe('the features of a model version', () => {
  it('are the scalars by their path', () => {
    const events = [
      event({ age: 1, 'odd name': 2, deep: { list: [true, { x: 'y' }] }, none: null }, { label: 'a' }),
    ];
    expect(fitLayout(events, 200).features.map(({ name }) => name)).toEqual([
      ...[
        'inputs.age',
        'inputs["odd name"]',
        'inputs.deep.list[0]',
        'inputs.deep.list[1].x',
        'outputs.label',
      ],
    ]);
    expect(fitLayout([event(undefined, 0.5)], 200).features.map(({ name }) => name)).toEqual(['outputs']);
  });

  it('are limited in number, depth and length of name', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20; level += 1) deep = { d: deep };
    const layout = fitLayout([event({ a: 1, b: 2, c: 3, deep, ['x'.repeat(300)]: 1 })], 3);
    expect(layout.features.map(({ name }) => name)).toEqual(['inputs.a', 'inputs.b', 'inputs.c']);
    expect(layout.left_out).toBe(3);
  });

  it('take over the bins of an earlier version unless they tell nothing any more', () => {
    const earlier = fitLayout(
      many(100, (index) => ({ same: index, moved: index })),
      200,
    );
    const layout = fitLayout(
      many(100, (index) => ({ same: index + 5, moved: index + 1000 })),
      200,
      earlier,
    );
    const edgesOf = (feature: FeatureBins | undefined): readonly number[] =>
      feature?.kind === 'numeric' ? feature.edges : [];
    expect(edgesOf(layout.features[0])).toEqual(edgesOf(earlier.features[0]));
    expect(edgesOf(layout.features[1])[0]).toBeGreaterThan(1000);
  });

  it('count every event once in every feature', () => {
    const events = [
      ...many(50, (index) => ({ x: index + 0.5, y: 'a' })),
      event({ y: { z: 1 } }),
      event(null),
      event([1]),
    ];
    const layout = new FeatureLayout(fitLayout(events.slice(0, 50), 200));
    const tally = new FeatureTally('m', '1', layout);
    for (const source of events) tally.add({ ...source, predictedAtMs: 0 });
    const [part] = tally.parts();
    const countOf = (bin: number): number => part?.counts[part.bins.indexOf(bin)] ?? 0;
    const features = layout.document.features.map((_, index) => {
      const end = layout.offsets[index + 1] ?? layout.size;
      return Array.from({ length: end - (layout.offsets[index] ?? 0) }, (_bin, bin) =>
        countOf((layout.offsets[index] ?? 0) + bin),
      );
    });
    expect(features.map((counts) => counts.reduce((sum, count) => sum + count, 0))).toEqual([53, 53, 53]);
    // x: missing three times; y: an object is an "other" value, and missing twice.
    expect(features.map((counts) => counts.slice(-2))).toEqual([
      [0, 3],
      [1, 2],
      [0, 0],
    ]);
  });
});
