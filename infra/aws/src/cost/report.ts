import { COST_GROUPS, type CostLine } from './cost-line';
import { groupTotals, type Estimate } from './estimate';
import { markdownTable } from './markdown-table';

/** `$3.00`, `−$3.00` */
export function dollars(usd: number): string {
  return `${usd < 0 ? '−' : ''}$${Math.abs(usd).toFixed(2)}`;
}

/** One estimate, line by line. */
export function itemised({ lines, totalUsd, mostUsd }: Estimate): string {
  return markdownTable(
    ['', 'item', 'quantity', 'unit price', 'a month'],
    [
      ...lines.map(row),
      ['**total**', 'least number of tasks', '', '', `**${dollars(totalUsd)}**`],
      ['', 'every task autoscaling may add', '', '', dollars(mostUsd)],
    ],
    ['left', 'left', 'right', 'right', 'right'],
  );
}

/** Several estimates side by side, a row for each group. */
export function sideBySide(estimates: readonly (readonly [name: string, estimate: Estimate])[]): string {
  const totals = estimates.map(([, estimate]) => new Map(groupTotals(estimate)));
  return markdownTable(
    ['', ...estimates.map(([name]) => name)],
    [
      ...COST_GROUPS.map((group) => [
        group,
        ...totals.map((total) => {
          const usd = total.get(group);
          return usd === undefined ? '–' : dollars(usd);
        }),
      ]),
      ['**total**', ...estimates.map(([, { totalUsd }]) => `**${dollars(totalUsd)}**`)],
      ['at most, autoscaled', ...estimates.map(([, { mostUsd }]) => dollars(mostUsd))],
    ],
    ['left', ...estimates.map(() => 'right' as const)],
  );
}

function row({ group, what, quantity, price, monthlyUsd }: CostLine): string[] {
  return [
    group,
    what,
    `${Number(quantity.toFixed(2))} ${units(price.per, quantity)}`,
    unitPrice(price.usd),
    dollars(monthlyUsd),
  ];
}

function units(per: string, quantity: number): string {
  return quantity === 1 || /(GB|million|thousand)$/.test(per) ? per : `${per}s`;
}

/** As many digits as it has, two at least. */
function unitPrice(usd: number): string {
  const exact = String(Number(usd.toPrecision(4)));
  return `$${exact.length < usd.toFixed(2).length ? usd.toFixed(2) : exact}`;
}
