import { sumUsd, type CostGroup, type CostLine } from './cost-line';
import type { Estimate } from './estimate';
import { markdownTable } from './markdown-table';
import { dollars } from './report';

/** What the plan of this installation had for the small environment, before anything was built. */
const PLANNED_USD: Partial<Record<CostGroup, number>> = {
  Network: 40,
  'Load balancer': 28,
  Tasks: 50,
  Database: 16,
};
const PLANNED_TOTAL_USD = 137;

interface Item {
  readonly name: string;
  readonly includes: (line: CostLine) => boolean;
  readonly plannedUsd?: number;
  readonly reason: string;
}

const ITEMS: readonly Item[] = [
  planned('Network', 'Traffic comes on top of the gateway and its address.'),
  planned('Load balancer', 'The private DNS zone and its look-ups stand here too.'),
  planned('Tasks', 'Four tasks at London prices.'),
  planned('Database', 'The disk comes on top of the instance.'),
  {
    name: 'Secrets and keys',
    includes: inGroup('Secrets and keys'),
    reason: 'A secret for each part instead of one for all, so that no service reads those of another.',
  },
  {
    name: 'Container Insights',
    includes: named('Container Insights'),
    reason: 'Every metric of cluster, services and tasks is billed. Only this counts missing tasks.',
  },
  {
    name: "the apps' metrics",
    includes: named("the apps' metrics"),
    reason:
      'Look-ups of names, predictions, gaps in the log: what alarms and the dashboard show of the apps.',
  },
  {
    name: 'alarms and dashboard',
    includes: ({ what }) => what.includes('alarms') || what === 'dashboard',
    reason: 'An alarm costs as much as the metrics it watches.',
  },
  {
    name: 'logs, artifacts, images',
    includes: (line) => inGroup('Storage')(line) || line.what.startsWith('logs '),
    reason: 'The little that a small installation writes and keeps.',
  },
];

/** Paragraphs that take the difference to the planned figure apart; every line of the estimate is in one item. */
export function plannedDifference({ lines, totalUsd }: Estimate): string[] {
  const rows = ITEMS.map(({ name, includes, plannedUsd, reason }) => [
    name,
    plannedUsd === undefined ? '' : dollars(plannedUsd),
    dollars(sumUsd(lines.filter(includes))),
    reason,
  ]);
  const rest = PLANNED_TOTAL_USD - Object.values(PLANNED_USD).reduce((total, usd) => total + usd, 0);
  return [
    `The plan said about ${dollars(PLANNED_TOTAL_USD)} for dev: four items, and ${dollars(rest)} for all the rest.`,
    markdownTable(
      ['', 'planned', 'dev', 'why'],
      [
        ...rows.slice(0, 4),
        ['all the rest', dollars(rest), '', 'The plan did not say what it is:'],
        ...rows.slice(4),
        ['**total**', `**${dollars(PLANNED_TOTAL_USD)}**`, `**${dollars(totalUsd)}**`, ''],
      ],
      ['left', 'right', 'right', 'left'],
    ),
  ];
}

function planned(group: CostGroup, reason: string): Item {
  return { name: group, includes: inGroup(group), plannedUsd: PLANNED_USD[group], reason };
}

function inGroup(group: CostGroup): Item['includes'] {
  return (line) => line.group === group;
}

function named(what: string): Item['includes'] {
  return (line) => line.what === what;
}

/** Lines that no item, or more than one, counts. */
export function unexplainedLines({ lines }: Estimate): CostLine[] {
  return lines.filter((line) => ITEMS.filter(({ includes }) => includes(line)).length !== 1);
}
