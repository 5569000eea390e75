/** A unit price in US dollars, without tax, and where it comes from. */
export interface Price {
  readonly usd: number;
  /** What the price is for one of, such as `hour` or `GB`. */
  readonly per: string;
  readonly source: string;
  /** Day (ISO) the source was published; of a worked-out price the day it was worked out. */
  readonly date: string;
}

/** Of the AWS price list of London. `usageType` finds it there, and on a bill. */
export function listed(usd: number, per: string, offer: string, usageType: string, date: string): Price {
  return { usd, per, source: `price list ${offer}, \`${usageType}\``, date };
}

/** Of a page of AWS that names one price for every region. */
export function published(usd: number, per: string, page: string, date: string): Price {
  return { usd, per, source: page, date };
}

/** Not found for London: worked out from prices that were. */
export function workedOut(usd: number, per: string, how: string): Price {
  return { usd, per, source: `worked out: ${how}`, date: '2026-11-21' };
}
