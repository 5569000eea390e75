import { selectorsOf, shorterDuration, withShorterDurations } from './promql';

describe('the selectors of an expression', () => {
  it('are found wherever they stand, with the labels they choose by', () => {
    const expression =
      'sum by (model) (rate(errors_total{job="a", reason!~"x|y"}[5m])) / on (model) group_left (version) info ' +
      'unless absent(up{job="b"}) or histogram_quantile(0.9, x_bucket offset 1h) > bool 3';
    expect(selectorsOf(expression)).toEqual([
      { metric: 'errors_total', labels: ['job', 'reason'] },
      { metric: 'info', labels: [] },
      { metric: 'up', labels: ['job'] },
      { metric: 'x_bucket', labels: [] },
    ]);
  });

  it('are not taken from what stands in a text or a comment', () => {
    expect(selectorsOf('a{b="rate(c[5m])"} # d')).toEqual([{ metric: 'a', labels: ['b'] }]);
  });

  it('are refused when the expression is wrong or hides its metric', () => {
    expect(() => selectorsOf('sum by (rate(x[5m])')).toThrow('This is no PromQL from');
    expect(() => selectorsOf('{__name__="x"}')).toThrow('Name the metric before the braces');
  });
});

describe('shorter durations', () => {
  it('are made of ranges and offsets, and of nothing else', () => {
    expect(withShorterDurations('a{b="5m"} > 30 unless sum_over_time(a[1h] offset 10m)', 60)).toBe(
      'a{b="5m"} > 30 unless sum_over_time(a[60s] offset 10s)',
    );
  });

  it('are whole seconds, one at least', () => {
    expect(['2m', '15s', '1d'].map((duration) => shorterDuration(duration, 30))).toEqual([
      '4s',
      '1s',
      '2880s',
    ]);
    expect(() => shorterDuration('1h30m', 30)).toThrow('"1h30m" is no duration of one unit');
  });
});
