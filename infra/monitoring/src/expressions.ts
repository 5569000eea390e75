import { dashboards } from './dashboards/all-dashboards';
import { allRules } from './rule-files';

/** Grafana puts in a duration that fits the graph. */
const RATE_INTERVAL = '$__rate_interval';

export interface Expression {
  /** For messages. */
  readonly where: string;
  readonly text: string;
}

export interface DashboardExpression extends Expression {
  /** Of its lines, such as `{{model}}`. */
  readonly legend: string;
}

/** All that asks Prometheus for something. */
export function allExpressions(): Expression[] {
  return [...ruleExpressions(), ...dashboardExpressions()];
}

export function ruleExpressions(): Expression[] {
  return allRules().map((rule) => ({
    where: 'alert' in rule ? `alert ${rule.alert}` : `rule ${rule.record}`,
    text: rule.expr,
  }));
}

/** @param rateInterval stands for Grafana's variable of that name */
export function dashboardExpressions(rateInterval = '1m'): DashboardExpression[] {
  return dashboards.flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) =>
        panel.queries.map(({ expr, legend }) => ({
          legend,
          where: `${title}, ${panel.title}`,
          text: expr.replaceAll(RATE_INTERVAL, rateInterval),
        })),
      ),
    ),
  );
}
