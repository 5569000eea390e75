import type { Price } from './price';
import { HOURS_PER_MONTH } from './prices';

/** In the order of a bill that is read from the outside in. */
export const COST_GROUPS = [
  'Network',
  'Load balancer',
  'Tasks',
  'Database',
  'Redis',
  'Storage',
  'Secrets and keys',
  'Logs, metrics, alarms',
] as const;

export type CostGroup = (typeof COST_GROUPS)[number];

/** One item of the bill. */
export interface CostLine {
  readonly group: CostGroup;
  readonly what: string;
  /** How many of what `price` is for. */
  readonly quantity: number;
  readonly price: Price;
  readonly monthlyUsd: number;
  /** Terraform resource types this line pays for. */
  readonly pays: readonly string[];
}

type LineInput = Omit<CostLine, 'monthlyUsd'>;

/** So many units in a month. */
export function costLine(input: LineInput): CostLine {
  return { ...input, monthlyUsd: input.quantity * input.price.usd };
}

/** So many things that are there the whole month, `price` for an hour of one. */
export function allMonth({ quantity, ...input }: LineInput): CostLine {
  return costLine({ ...input, quantity: quantity * HOURS_PER_MONTH });
}

export function sumUsd(lines: readonly CostLine[]): number {
  return lines.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0);
}
