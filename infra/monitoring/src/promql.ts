import { parser } from '@prometheus-io/lezer-promql';

/** What an expression reads: a metric, and the labels by which it is chosen. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/**
 * Every selector of an expression, by Prometheus' own grammar (the one its web page uses).
 *
 * @throws Error when the expression is no PromQL, or selects without naming a metric
 */
export function selectorsOf(expression: string): Selector[] {
  const selectors: Selector[] = [];
  const textOf = ({ from, to }: { from: number; to: number }): string => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError)
        throw new Error(`This is no PromQL from "${expression.slice(node.from)}" on: ${expression}`);
      if (node.name !== 'VectorSelector') return;
      const metric = node.node.getChild('Identifier');
      if (metric === null)
        throw new Error(`Name the metric before the braces: "${textOf(node)}" in ${expression}`);
      const matchers = node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      const labels = matchers.flatMap((matcher) => matcher.getChildren('LabelName').map(textOf));
      selectors.push({ metric: textOf(metric), labels });
    },
  });
  return selectors;
}

interface Duration {
  readonly from: number;
  readonly to: number;
}

/** The expression with every duration, such as `5m` in `[5m]` and `offset 5m`, shorter by this factor. */
export function withShorterDurations(expression: string, factor: number): string {
  const durations: Duration[] = [];
  parser.parse(expression).iterate({
    enter({ name, from, to }) {
      if (name === 'NumberDurationLiteralInDurationContext') durations.push({ from, to });
    },
  });
  return durations.reduceRight(
    (text, { from, to }) =>
      text.slice(0, from) + shorterDuration(text.slice(from, to), factor) + text.slice(to),
    expression,
  );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Whole seconds, one at least. */
export function shorterDuration(duration: string, factor: number): string {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const unitSeconds = UNIT_SECONDS[unit];
  if (unitSeconds === undefined)
    throw new Error(`"${duration}" is no duration of one unit, such as 30s, 5m, 6h or 3d.`);
  return `${Math.max(1, Math.round((Number(amount) * unitSeconds) / factor))}s`;
}
