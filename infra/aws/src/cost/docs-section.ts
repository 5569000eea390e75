import { loadEnvironment } from '../environments';
import { OTHER_CHOICES, SAVINGS, economyChanges, type Choice } from './economy';
import { estimate, type Estimate } from './estimate';
import { fieldReportDifference } from './field-report';
import { markdownTable } from './markdown-table';
import { plannedDifference } from './planned-difference';
import { DATABASE_CLASS_PRICES, PRICES, REDIS_NODE_PRICES } from './prices';
import { dollars, itemised, sideBySide } from './report';

const BEGIN = '<!-- begin: written by `npx tsx infra/aws/src/cost/main.ts docs` -->';
const END = '<!-- end -->';

/**
 * `docs/costs.md` with the part between the marks made anew.
 *
 * @throws Error when the marks are missing
 */
export function withCurrentCosts(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/costs.md has lost its marks ${BEGIN} and ${END}.`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${costsSection()}\n\n${document.slice(end)}`;
}

function costsSection(): string {
  const dev = estimate(loadEnvironment('dev'));
  const economy = estimate(loadEnvironment('dev', economyChanges));
  return [
    '## The environments',
    sideBySide([
      ['dev', dev],
      ['dev with economy', economy],
      ['staging', estimate(loadEnvironment('staging'))],
      ['production', estimate(loadEnvironment('production'))],
    ]),
    '## dev, line by line',
    itemised(dev),
    '## Economy',
    'What each change of `infra/aws/src/cost/economy.json` does to the bill of dev, and what it is paid with:',
    choices([...SAVINGS], dev, ['**all four**', `**${dollars(economy.totalUsd - dev.totalUsd)}**`, '']),
    'Other choices:',
    choices(OTHER_CHOICES, dev),
    '## Why not $137',
    ...plannedDifference(dev),
    '## Why not $50–80',
    ...fieldReportDifference(dev, economy),
    '## Unit prices',
    unitPrices(),
  ].join('\n\n');
}

function choices(options: readonly Choice[], base: Estimate, ...more: string[][]): string {
  return markdownTable(
    ['change', 'a month', 'risk'],
    [
      ...options.map(({ name, changes, risk }) => [
        name,
        dollars(estimate(loadEnvironment('dev', changes)).totalUsd - base.totalUsd),
        risk,
      ]),
      ...more,
    ],
    ['left', 'right', 'left'],
  );
}

function unitPrices(): string {
  const prices = { ...PRICES, ...DATABASE_CLASS_PRICES, ...REDIS_NODE_PRICES };
  return markdownTable(
    ['price', 'USD', 'for one', 'source', 'date'],
    Object.entries(prices).map(([name, { usd, per, source, date }]) => [
      `\`${name}\``,
      String(usd),
      per,
      source,
      date,
    ]),
    ['left', 'right', 'left', 'left', 'left'],
  );
}
