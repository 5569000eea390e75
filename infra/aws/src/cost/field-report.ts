import { sumUsd, type CostGroup } from './cost-line';
import type { Estimate } from './estimate';
import { markdownTable } from './markdown-table';
import { dollars } from './report';

/** What each part of the bill does to a budget of $50–80. */
const REASONS: readonly (readonly [group: CostGroup, reason: string])[] = [
  ['Load balancer', 'One must be there. Since February 2024 its two public addresses cost as well.'],
  ['Network', 'A NAT gateway has its price by the hour, with traffic or without.'],
  ['Tasks', 'MLflow and three apps; the report had MLflow alone.'],
  ['Database', 'The smallest class and the smallest disk.'],
  ['Secrets and keys', 'A secret for each part, and keys of your own.'],
  ['Logs, metrics, alarms', 'Container Insights is most of it.'],
  ['Storage', 'Cents, until the models are large.'],
];

/** Paragraphs that take the field report's figure apart. */
export function fieldReportDifference(dev: Estimate, economy: Estimate): string[] {
  const rows = REASONS.map(([group, reason]) => {
    const [devUsd, economyUsd] = [dev, economy].map(({ lines }) =>
      sumUsd(lines.filter((line) => line.group === group)),
    );
    return [group, dollars(devUsd ?? 0), dollars(economyUsd ?? 0), reason];
  });
  return [
    'The field report expected $50–80 a month for the small installation and did not say for what. Load balancer and ' +
      `NAT gateway alone are ${dollars(fixedUsd(dev))} at London prices. The economy variant is ` +
      `${dollars(economy.totalUsd)}:`,
    markdownTable(['', 'dev', 'economy', 'why'], rows, ['left', 'right', 'right', 'left']),
  ];
}

function fixedUsd({ lines }: Estimate): number {
  return sumUsd(lines.filter(({ group }) => group === 'Load balancer' || group === 'Network'));
}
